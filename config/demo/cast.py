"""The people of the demo, all invented: one per role, to become with a click."""

from dataclasses import dataclass

from django.utils.translation import gettext_noop

from fund.models.people import Role


@dataclass(frozen=True)
class Part:
    """Somebody of the staff; `school` limits the role to one school."""

    email: str
    name: str
    role: Role
    title: str
    does: str
    school: str = ""


STAFF = (
    Part(
        "administration@fondation.example",
        "Camille Roussel",
        Role.ADMINISTRATOR,
        gettext_noop("Administratrice"),
        gettext_noop("Lit les événements de paiement ; ne décide ni ne paie."),
    ),
    Part(
        "commissaire@audit.example",
        "Sami Lemaître",
        Role.AUDITOR,
        gettext_noop("Commissaire aux comptes"),
        gettext_noop("Lit les comptes ; ne change rien."),
    ),
    Part(
        "presidence@comite.example",
        "Jeanne Aubry",
        Role.CHAIR,
        gettext_noop("Présidente du comité"),
        gettext_noop("Lit et vote sans voir les noms."),
    ),
    Part(
        "helene@comite.example",
        "Hélène Vasseur",
        Role.MEMBER,
        gettext_noop("Membre du comité"),
        gettext_noop("Lit et vote sans voir les noms."),
    ),
    Part(
        "karim@comite.example",
        "Karim Benali",
        Role.MEMBER,
        gettext_noop("Membre du comité, enseignant à Polytech Lyon"),
        gettext_noop("Ne peut pas voter sur un dossier de Lyon."),
        "lyon",
    ),
    Part(
        "referent@lyon.polytech.example",
        "Paul Garnier",
        Role.REFERENT,
        gettext_noop("Référent de Polytech Lyon"),
        gettext_noop("Confirme l’inscription des élèves de son école."),
        "lyon",
    ),
    Part(
        "social@fondation.example",
        "Maud Picard",
        Role.REFERENT,
        gettext_noop("Assistante sociale du réseau"),
        gettext_noop("Peut confirmer l’inscription des élèves de toutes les écoles."),
    ),
    Part(
        "tresorerie@fondation.example",
        "Olivier Brandt",
        Role.TREASURER,
        gettext_noop("Trésorier"),
        gettext_noop("Prépare les lots de virements et lit les relevés."),
    ),
    Part(
        "signature@fondation.example",
        "Nadia Ferrand",
        Role.SIGNATORY,
        gettext_noop("Signataire habilitée"),
        gettext_noop("Signe les lots qu’elle n’a pas préparés."),
    ),
    Part(
        "communication@fondation.example",
        "Théo Marchal",
        Role.COMMUNICATION,
        gettext_noop("Communication"),
        gettext_noop("Ne voit que les chiffres publics ; aucun nom."),
    ),
)

# The student a visitor becomes first: no request yet, everything to do.
NEW_STUDENT = ("ines@lyon.polytech.example", "Inès Marchetti", "lyon")
