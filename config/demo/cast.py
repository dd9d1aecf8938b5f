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
    group: str
    school: str = ""


COMMITTEE_GROUP, TREASURY_GROUP, TELLING_GROUP = "committee", "treasury", "communication"
SCHOOL_GROUP, AUDIT_GROUP, STUDENT_GROUP, DONOR_GROUP = "schools", "audit", "students", "giving"

ADMINISTRATOR = "administration@fondation.example"

LYON_REFERENT, SOCIAL_WORKER = "referent@lyon.polytech.example", "social@fondation.example"
MARSEILLE_REFERENT = "referent@marseille.polytech.example"
TREASURER, SIGNATORY = "tresorerie@fondation.example", "signature@fondation.example"
CHAIR, LAST_VOTER = "presidence@comite.example", "ludivine@comite.example"
SECRETARY = "gwendal@comite.example"
# Who refused the file under re-examination, and who refused the other one.
REFUSERS = ("helene@comite.example", "karim@comite.example")
CHAIRS = (CHAIR, SECRETARY)
COMMUNICATION, DIRECTOR = "communication@fondation.example", "direction@fondation.example"

STAFF = (
    Part(
        ADMINISTRATOR,
        "Camille Roussignol",
        Role.ADMINISTRATOR,
        gettext_noop("Administratrice"),
        gettext_noop("A un barème en brouillon, lit les événements de paiement ; ne décide ni ne paie."),
        AUDIT_GROUP,
    ),
    Part(
        "commissaire@audit.example",
        "Sami Lemaîtrin",
        Role.AUDITOR,
        gettext_noop("Commissaire aux comptes"),
        gettext_noop("Lit les comptes ; ne change rien."),
        AUDIT_GROUP,
    ),
    Part(
        CHAIR,
        "Jeanne Aubrelle",
        Role.CHAIR,
        gettext_noop("Présidente du comité"),
        gettext_noop("Lit et vote sans voir les noms ; préside la séance de ce matin."),
        COMMITTEE_GROUP,
    ),
    Part(
        "helene@comite.example",
        "Hélène Vassivière",
        Role.MEMBER,
        gettext_noop("Membre du comité"),
        gettext_noop("A refusé le dossier réexaminé : d’autres membres le reprennent."),
        COMMITTEE_GROUP,
    ),
    Part(
        "karim@comite.example",
        "Karim Benalazar",
        Role.MEMBER,
        gettext_noop("Membre du comité, enseignant à Polytech Lyon"),
        gettext_noop("Ne peut pas voter sur un dossier de Lyon."),
        COMMITTEE_GROUP,
        "lyon",
    ),
    Part(
        "aissatou@comite.example",
        "Aïssatou Lemarois",
        Role.MEMBER,
        gettext_noop("Membre du comité"),
        gettext_noop("Peut donner le second vote là où un premier est déjà donné."),
        COMMITTEE_GROUP,
    ),
    Part(
        SECRETARY,
        "Gwendal Trevarin",
        Role.MEMBER,
        gettext_noop("Membre du comité, enseignant à Polytech Nantes"),
        gettext_noop("Ne peut pas voter sur un dossier de Nantes."),
        COMMITTEE_GROUP,
        "nantes",
    ),
    Part(
        LAST_VOTER,
        "Ludivine Castagnède",
        Role.MEMBER,
        gettext_noop("Membre du comité, élève de la fédération étudiante"),
        gettext_noop("Peut voter sur le dossier à réexaminer."),
        COMMITTEE_GROUP,
    ),
    Part(
        LYON_REFERENT,
        "Paul Garancher",
        Role.REFERENT,
        gettext_noop("Référent de Polytech Lyon"),
        gettext_noop("Confirme l’inscription des élèves de son école ; un élève lui a répondu."),
        SCHOOL_GROUP,
        "lyon",
    ),
    Part(
        MARSEILLE_REFERENT,
        "Mathilde Orsoni-Rey",
        Role.REFERENT,
        gettext_noop("Référente de Polytech Marseille"),
        gettext_noop(
            "Un dossier l’attend depuis plus de deux semaines, et une nouvelle liste d’inscrits est à appliquer."
        ),
        SCHOOL_GROUP,
        "marseille",
    ),
    Part(
        SOCIAL_WORKER,
        "Maud Picardeau",
        Role.REFERENT,
        gettext_noop("Assistante sociale du réseau"),
        gettext_noop(
            "Peut confirmer l’inscription des élèves de toutes les écoles ; rappelle qui évite la sienne."
        ),
        SCHOOL_GROUP,
    ),
    Part(
        TREASURER,
        "Olivier Brandelaert",
        Role.TREASURER,
        gettext_noop("Trésorier"),
        gettext_noop("Prépare les lots de virements et lit les relevés."),
        TREASURY_GROUP,
    ),
    Part(
        SIGNATORY,
        "Nadia Ferrandelle",
        Role.SIGNATORY,
        gettext_noop("Signataire habilitée"),
        gettext_noop("Signe les lots qu’elle n’a pas préparés."),
        TREASURY_GROUP,
    ),
    Part(
        COMMUNICATION,
        "Théo Marchelot",
        Role.COMMUNICATION,
        gettext_noop("Communication"),
        gettext_noop("Relit les messages des donateurs et prépare la publication qui attend."),
        TELLING_GROUP,
    ),
    Part(
        DIRECTOR,
        "Bérénice Valcourt",
        Role.COMMUNICATION,
        gettext_noop("Directrice de la communication"),
        gettext_noop("Publie ce que Théo a préparé ; ne publie pas ce qu’elle a préparé."),
        TELLING_GROUP,
    ),
)

# A donor one can become, by the address of her gifts in `data/gifts.yaml`: (address, name, what she is, what to try).
DONOR = (
    "hortense@donateurs.example",
    "Hortense Lamarquise",
    gettext_noop("Donatrice mensuelle"),
    gettext_noop(
        "Suit ses dons, lit son reçu d’exemple, change ou arrête son don mensuel ; a proposé une équipe."
    ),
)

# The student a visitor becomes first: no request yet, everything to do.
NEW_STUDENT = ("ines@lyon.polytech.example", "Inès Marchetti", "lyon")

# The other students one can become, by the mark in the data files: (what they are, what to try).
STUDENTS = {
    "draft": (
        gettext_noop("Étudiant à Polytech Annecy-Chambéry"),
        gettext_noop("Son brouillon attend une pièce, un compte tapé à moitié et une signature."),
    ),
    "granted": (
        gettext_noop("Étudiant à Polytech Grenoble"),
        gettext_noop("Son aide est accordée ; sa banque renverra peut-être le virement."),
    ),
    "bounced": (
        gettext_noop("Étudiant à Polytech Nice Sophia"),
        gettext_noop("Sa banque a renvoyé l’argent : il peut indiquer un autre compte."),
    ),
    "reexamined": (
        gettext_noop("Étudiante à Polytech Sorbonne"),
        gettext_noop("Refusée une première fois, sa demande est réexaminée par d’autres personnes."),
    ),
    "asked": (
        gettext_noop("Étudiant à Polytech Lyon"),
        gettext_noop("Son école lui a écrit, il a répondu."),
    ),
    "correction": (
        gettext_noop("Étudiant à Polytech Tours"),
        gettext_noop("Le comité lui demande de corriger un point : il n’a que celui-là à signer de nouveau."),
    ),
    "typed": (
        gettext_noop("Étudiante à Polytech Lyon"),
        gettext_noop("Le référent a saisi une demande avec elle : à relire, changer et signer seule."),
    ),
    "minor": (
        gettext_noop("Étudiante de 17 ans à Polytech Nantes"),
        gettext_noop("Sa mère a reçu un lien et signe la première."),
    ),
}
