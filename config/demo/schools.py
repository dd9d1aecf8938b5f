"""The fifteen schools of the network in 2020 (public facts). The e-mail domains are made up and reach nobody."""

# (code, name, city, host university in 2020)
SCHOOLS = (
    ("angers", "Polytech Angers", "Angers", "Université d’Angers"),
    ("annecy-chambery", "Polytech Annecy-Chambéry", "Annecy", "Université Savoie Mont Blanc"),
    ("clermont", "Polytech Clermont-Ferrand", "Aubière", "Université Clermont Auvergne"),
    ("grenoble", "Polytech Grenoble", "Saint-Martin-d’Hères", "Grenoble INP"),
    ("lille", "Polytech Lille", "Villeneuve-d’Ascq", "Université de Lille"),
    ("lyon", "Polytech Lyon", "Villeurbanne", "Université Claude Bernard Lyon 1"),
    ("marseille", "Polytech Marseille", "Marseille", "Aix-Marseille Université"),
    ("montpellier", "Polytech Montpellier", "Montpellier", "Université de Montpellier"),
    ("nancy", "Polytech Nancy", "Vandœuvre-lès-Nancy", "Université de Lorraine"),
    ("nantes", "Polytech Nantes", "Nantes", "Université de Nantes"),
    ("nice-sophia", "Polytech Nice Sophia", "Biot", "Université Côte d’Azur"),
    ("orleans", "Polytech Orléans", "Orléans", "Université d’Orléans"),
    ("paris-saclay", "Polytech Paris-Saclay", "Orsay", "Université Paris-Saclay"),
    ("sorbonne", "Polytech Sorbonne", "Paris", "Sorbonne Université"),
    ("tours", "Polytech Tours", "Tours", "Université de Tours"),
)


def domain_of(code: str) -> str:
    return f"{code}.polytech.example"
