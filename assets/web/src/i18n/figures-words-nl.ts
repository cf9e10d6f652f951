// Dutch: what the figures of concordance mean, and when not to use them. Part of figures-nl.ts.

/** "method/figure": its name, what it means, when not to use it. */
export type FigureWords = Record<string, [title: string, meaning: string, caution: string]>;

const FLEISS = 'Overeenstemming boven toeval, van alle waarnemers samen.';

export const concordanceNl: FigureWords = {
  'event/percent': ['Percentage gelijk', 'Van alles wat een van beiden zag: hoeveel zagen ze allebei, met dezelfde code?', 'Toeval is er niet af. Met weinig codes lijkt het vanzelf hoog.'],
  'event/percent-pairs': ['Percentage van de paren', 'Van wat ze allebei zagen: hoeveel kreeg dezelfde code?', 'Wat maar één van beiden zag, zit er niet in. Lees het naast het eerste cijfer.'],
  'event/kappa-pairs': ['Kappa van de paren', 'Hoeveel vaker kregen de paren dezelfde code dan bij toeval? 1 is altijd, 0 is wat toeval zou geven.', 'Wat maar één van beiden zag, zit er niet in. Met één code is er geen cijfer.'],
  'event/kappa-events': ['Kappa met wat gemist is', 'Hetzelfde, waarbij wat maar één van beiden zag als verschil telt.', 'Het daalt als de tijd die ze uit elkaar mogen liggen kort is voor hoe snel mensen tikken.'],
  'event/alpha-nominal': ['Alfa van de paren', 'Als kappa van de paren, maar dan alsof beide waarnemers uit één grotere groep komen.', 'Wat maar één van beiden zag, zit er niet in.'],
  'sampled/percent': ['Percentage gelijk', 'Bij hoeveel van de kijkmomenten hadden beiden hetzelfde lopen?', 'Gebeurt er weinig, dan is het al hoog omdat beiden niets hebben.'],
  'sampled/kappa': ['Kappa per kijkmoment', 'Hoeveel vaker hadden ze hetzelfde lopen dan bij toeval? 1 is altijd, 0 is wat toeval zou geven.', 'Niet voor losse tikken: een tik iets later valt in een ander kijkmoment. Vergelijk die tik voor tik.'],
  'sampled/kappa-max': ['Hoogst mogelijke kappa', 'Hoe hoog kappa kan worden, met hoeveel ieder van elke code zag.', 'Het is geen overeenstemming. Het zegt hoeveel van het verschil in de hoeveelheden zit.'],
  'sampled/fleiss': ['Kappa van Fleiss', FLEISS, 'Niet voor losse tikken.'],
  'sampled/alpha-nominal': ['Alfa per kijkmoment', 'Als kappa per kijkmoment, voor elk aantal waarnemers.', 'Niet voor losse tikken.'],
  'overlap/percent': ['Percentage van de tijd', 'Hoeveel van de les hadden beiden precies hetzelfde lopen?', 'Gebeurt er weinig, dan is het al hoog omdat er niets liep.'],
  'overlap/alpha-u': ['Alfa van de indeling', 'Hoe ver delen ze de les op dezelfde tijden op dezelfde manier in, boven toeval? 1 is helemaal, 0 is toeval.', 'Wat lang duurt, weegt zwaarder. Tikken zonder duur zitten er niet in.'],
  'overlap/alpha-u-binary': ['Alfa van iets of niets', 'Hetzelfde, met alleen de vraag wanneer er iets liep, niet wat.', ''],
  'overlap/alpha-u-coding': ['Alfa van wat er liep', 'Hetzelfde, alleen waar bij beiden iets liep: noemen ze het gelijk?', 'Wat maar één van beiden zag, zit er niet in.'],
  'interval/percent': ['Percentage van de intervallen', 'In hoeveel van de intervallen die beiden beantwoordden, zagen ze hetzelfde?', 'Is één code bijna altijd te zien, dan is het vanzelf hoog.'],
  'interval/kappa': ['Kappa per interval', 'Hoeveel vaker zagen ze hetzelfde dan bij toeval? 1 is altijd, 0 is wat toeval zou geven.', 'Wat maar één van beiden beantwoordde, zit er niet in.'],
  'interval/kappa-max': ['Hoogst mogelijke kappa', 'Hoe hoog kappa kan worden, met hoeveel ieder van elke code zag.', 'Het is geen overeenstemming. Het zegt hoeveel van het verschil in de hoeveelheden zit.'],
  'interval/fleiss': ['Kappa van Fleiss', FLEISS, 'Wat niet iedereen beantwoordde, zit er niet in.'],
  'interval/alpha-nominal': ['Alfa per interval', 'Als kappa per interval, voor elk aantal waarnemers. Er mogen intervallen ontbreken.', ''],
  'rating/percent': ['Percentage gelijk', 'Hoeveel van de scores zijn gelijk?', 'Toeval is er niet af. Met weinig punten op de schaal lijkt het vanzelf hoog.'],
  'rating/percent-within-one': ['Percentage binnen één punt', 'Hoeveel van de scores verschillen hoogstens één punt?', 'Op een schaal van drie of vier punten is dat bijna altijd zo.'],
  'rating/kappa': ['Kappa', 'Hoeveel vaker zijn de scores gelijk dan bij toeval? Elk verschil telt even zwaar.', 'Twee punten verschil telt even zwaar als één. Kijk dan liever naar een gewogen kappa.'],
  'rating/kappa-linear': ['Gewogen kappa, lineair', 'Kappa waarin twee punten verschil twee keer zo zwaar telt als één.', ''],
  'rating/kappa-quadratic': ['Gewogen kappa, kwadratisch', 'Kappa waarin twee punten verschil vier keer zo zwaar telt als één.', 'Op een lange schaal verbergt het dat de een steeds een punt strenger is.'],
  'rating/fleiss': ['Kappa van Fleiss', FLEISS, 'Alles moet door evenveel mensen gescoord zijn. Elk verschil telt even zwaar.'],
  'rating/alpha-nominal': ['Alfa, elk verschil gelijk', 'Overeenstemming boven toeval, waarin elk verschil even zwaar telt.', 'Niet voor scores met een volgorde.'],
  'rating/alpha-ordinal': ['Alfa, op volgorde', 'Overeenstemming boven toeval in de volgorde van de scores. Er mogen scores ontbreken.', ''],
  'rating/alpha-interval': ['Alfa, op afstand', 'Overeenstemming boven toeval, met gelijke afstanden tussen de punten. Er mogen scores ontbreken.', 'Alleen als een stap op de schaal overal evenveel betekent.'],
  'rating/icc-1-1': ['ICC (1,1)', 'Hoeveel van de verschillen zit in wat gescoord is, als elk punt door andere waarnemers is gescoord?', 'Niet als dezelfde waarnemers alles scoorden.'],
  'rating/icc-2-1': ['ICC (2,1)', 'Hetzelfde voor waarnemers die alles scoorden en voor anderen staan. Strenger zijn telt als verschil.', ''],
  'rating/icc-3-1': ['ICC (3,1)', 'Hetzelfde voor alleen deze waarnemers. Strenger zijn telt niet.', 'Het zegt niets over andere waarnemers.'],
  'rating/icc-1-k': ['ICC (1,k)', 'Als (1,1), van het gemiddelde van alle waarnemers.', 'Niet voor de score van één waarnemer.'],
  'rating/icc-2-k': ['ICC (2,k)', 'Als (2,1), van het gemiddelde van alle waarnemers.', 'Niet voor de score van één waarnemer.'],
  'rating/icc-3-k': ['ICC (3,k)', 'Als (3,1), van het gemiddelde van alle waarnemers.', 'Niet voor de score van één waarnemer.'],
};
