"""Pairs of short reports, invented: of two events that are alike, and of one event in other words."""

from __future__ import annotations

from typing import Final

# language, what one report says, what the other says

TWO_EVENTS: Final = (
    (
        "en",
        "A wildfire near Almora has destroyed forty houses. Crews from three districts fight the flames.",
        "A wildfire near Redding has destroyed twelve houses. Crews from the county fight the flames.",
    ),
    (
        "en",
        "An earthquake of magnitude 6.1 shook Bandar Abbas on Tuesday, damaging houses.",
        "An earthquake of magnitude 5.4 shook Arequipa on Tuesday, damaging houses.",
    ),
    (
        "en",
        "Voters in Oregon approve a ballot measure on rent control.",
        "Voters in Slovenia reject a ballot measure on water rights.",
    ),
    (
        "en",
        "Police in Leeds arrest a man after a stabbing outside a night club.",
        "Police in Bergen arrest a woman after a stabbing outside a shopping mall.",
    ),
    (
        "en",
        "Actress Mara Lindqvist checks into a rehab clinic in Malibu.",
        "Actor Devon Pruitt checks into a rehab clinic in Arizona.",
    ),
    (
        "en",
        "Marko Petrov defends his heavyweight title against Samuel Okafor in Hamburg.",
        "Luis Arellano wins the vacant welterweight title against Kenji Mori in Osaka.",
    ),
    (
        "en",
        "Ferry with 80 people on board sinks off Zanzibar; dozens are missing.",
        "Fishing boat with nine people on board sinks off Busan; two are missing.",
    ),
    (
        "en",
        "Central bank of Norway raises its key rate to 4.5 percent.",
        "Central bank of Chile cuts its key rate to 5 percent.",
    ),
    (
        "en",
        "Two people died when a light plane crashed near Tamworth.",
        "Five people died when a cargo plane crashed near Juba.",
    ),
    (
        "de",
        "In Görlitz ist in der Nacht ein Lagerhaus abgebrannt. Die Feuerwehr war mit hundert Kräften im Einsatz.",
        "In Passau ist am Morgen ein Wohnhaus abgebrannt. Die Feuerwehr rettete sechs Bewohner.",
    ),
    (
        "de",
        "In Kiel ist ein Wohnhaus abgebrannt, drei Menschen wurden verletzt. Die Ursache ist unklar.",
        "Nach dem Brand eines Wohnhauses in Trier sucht die Polizei nach der Ursache. Zwei Menschen wurden verletzt.",
    ),
    (
        "es",
        "Detienen en Sevilla a un hombre por el robo de joyas en una tienda del centro.",
        "Detienen en Medellín a una mujer por el robo de un automóvil en un aparcamiento.",
    ),
    (
        "fr",
        "Un séisme de magnitude 4,8 a été ressenti dimanche à Annecy.",
        "Un séisme de magnitude 7,2 a frappé dimanche les îles Tonga.",
    ),
    (
        "pt",
        "Incêndio em fábrica de Joinville deixa três feridos.",
        "Incêndio em mercado de Luanda deixa dez mortos.",
    ),
    (
        "ru",
        "В Омске загорелся склад, пожар тушат сто спасателей.",
        "В Сочи загорелся отель, гостей вывели спасатели.",
    ),
)

ONE_EVENT: Final = (
    (
        "en",
        "A wildfire near Almora has destroyed forty houses. Crews from three districts fight the flames.",
        "Almora blaze: forty homes burnt down as firefighters battle the wildfire.",
    ),
    (
        "en",
        "An earthquake of magnitude 6.1 shook Bandar Abbas on Tuesday, damaging houses.",
        "Strong quake of 6.1 hits Iran's port of Bandar Abbas; buildings damaged.",
    ),
    (
        "en",
        "Actress Mara Lindqvist checks into a rehab clinic in Malibu.",
        "Mara Lindqvist in rehab: actress enters Malibu clinic, her agent confirms.",
    ),
    (
        "en",
        "Ferry with 80 people on board sinks off Zanzibar; dozens are missing.",
        "Dozens still missing after Zanzibar ferry disaster, coast guard says.",
    ),
    (
        "en",
        "Central bank of Norway raises its key rate to 4.5 percent.",
        "Norway lifts key rate to 4.5 percent, the highest since 2008.",
    ),
    (
        "en",
        "Police in Leeds arrest a man after a stabbing outside a night club.",
        "Leeds stabbing: man held by police after night club attack.",
    ),
    (
        "de",
        "In Görlitz ist in der Nacht ein Lagerhaus abgebrannt. Die Feuerwehr war mit hundert Kräften im Einsatz.",
        "Großbrand in Görlitz: Feuerwehr löscht brennendes Lagerhaus bis zum Morgen.",
    ),
    (
        "es",
        "Detienen en Sevilla a un hombre por el robo de joyas en una tienda del centro.",
        "Un detenido en Sevilla tras el robo de una joyería del centro.",
    ),
    (
        "fr",
        "Un séisme de magnitude 7,2 a frappé dimanche les îles Tonga.",
        "Tonga : alerte au tsunami après un séisme de magnitude 7,2.",
    ),
    (
        "pt",
        "Incêndio em fábrica de Joinville deixa três feridos.",
        "Três feridos em incêndio que atingiu fábrica em Joinville.",
    ),
    (
        "ru",
        "В Омске загорелся склад, пожар тушат сто спасателей.",
        "Пожар на складе в Омске: на месте работают сто спасателей.",
    ),
)
