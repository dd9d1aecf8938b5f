"""Lists of words for `screening`, in lower case without accents."""

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z]+", text))


# Words of names, towns and schools that are also everyday French: recognised only where they are written as a name.
EVERYDAY = _words(
    """
    abbe aime ange aurore avril beau belle berger blanc blanche blond bois bon bonne boucher boulanger brun
    brune camp carre cerise champ charpentier chasseur chevalier clair claire clement colombe comte constance
    court cousin couvreur desire dole doux droit dur ecluse espoir est etoile fer fidele fleur fontaine
    forestier forge fort four franc france franche gap garde gentil grand grande gros guerre herbe hiver honore
    jade jardin jeune joli joyeux juillet juin juste lac laine leger lens lent long loup lundi main maire maison
    mans marais marchand marche marguerite marin mars mer mercier mercredi meunier mille modeste moine mont
    montagne moulin neuf nice noel noir noire nord olive olivier or orange ouest ours page paix palais parfait
    paris pas pasteur perle petit petite pierre pin place plaisance pont port porte potier pourpre premier
    prince prudence prune puis reine renard riche riviere roche roi rose rosier rouge rouille roux roy royal
    sabine sable sage saint sainte sauvage sens serein simple soleil sud table temps tour tours travers tresor
    vache val valence vallee verdier verger vert verte victoire vienne vigne ville villeneuve violette vite
    voisin vrai
    """
)
# Words of a school’s name that many schools have: they tell nothing alone.
COMMON_TO_SCHOOLS = _words(
    """
    academie and aux campus centre chimie college commerce composante cycle dans departement des ecole ecoles
    engineering enseignement ensemble faculte fondation formation genie grande grandes groupe haute hautes
    informatique ingenierie ingenieur ingenieurs institut instituts les lycee management national nationale
    nationales physique polytechnique pour prive privee public publique reseau school science sciences sous
    superieur superieure superieures sur technique techniques technologie technologies technologique the une
    universitaire universite university
    """
)
# Ordinary words that begin as a town does (Agen, Mâcon, Redon, Vire), by how they begin.
LIKE_A_TOWN = tuple(_words("agenc agend agent maconn redonn virem virer viree"))
# Parts of names that tell nobody.
PARTICLES = _words(
    """
    abd aux ben bin del den der des dos les saint sainte sous sur van von
    """
)
