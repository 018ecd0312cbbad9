import { darkPalette, lightPalette, paletteRules } from "./palette.ts";

const places = lightPalette.series.map((_, place) => place);
const dashes = ["none", "7 4", "2 3", "10 3 2 3"];

/** All of the page's style: two palettes, wide and narrow, keyboard and print. Shapes carry classes, never styles of their own. */
export function styleSheet(): string {
  return [pageRules(), chartRules(), mediaRules()].join("");
}

function pageRules(): string {
  return `:root{color-scheme:light dark;${paletteRules(lightPalette)}}
@media (prefers-color-scheme:dark){:root{${paletteRules(darkPalette)}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0 auto;max-width:68rem;padding:0 1.25rem 4rem;background:var(--paper);color:var(--ink);font:1rem/1.55 system-ui,sans-serif;overflow-wrap:break-word}
h1{font-size:1.8rem;line-height:1.2;margin:2rem 0 .25rem}
h2{font-size:1.35rem;line-height:1.25;margin:3rem 0 .75rem;padding-top:1rem;border-top:1px solid var(--rule)}
h3{font-size:1.05rem;margin:1.75rem 0 .5rem}
p{max-width:46rem;margin:.5rem 0 1rem}
li{max-width:46rem;margin:.25rem 0}
a{color:var(--link)}
:focus-visible{outline:3px solid var(--focus);outline-offset:2px;border-radius:2px}
.quiet,.axis,.legend,.scale{color:var(--quiet);font-size:.875rem}
.skip{position:absolute;left:-100rem}
.skip:focus{left:1rem;top:1rem;padding:.5rem 1rem;background:var(--paper);z-index:1}
nav li{margin:0}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin:1rem 0;padding:0;list-style:none}
nav a{display:inline-block;padding:.2rem 0}
.good{color:var(--good);font-weight:600}
.bad{color:var(--bad);font-weight:600}
.warnings li::marker{content:"!  ";color:var(--bad);font-weight:700}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(13rem,1fr));gap:.75rem;margin:1rem 0}
.facts div{padding:.75rem 1rem;background:var(--panel);border:1px solid var(--rule);border-radius:6px}
.facts dt{color:var(--quiet);font-size:.875rem}
.facts dd{margin:.1rem 0 0;font-size:1.05rem;font-weight:600}
.frame{overflow-x:auto;margin:1rem 0 1.5rem}
table{border-collapse:collapse;font-size:.875rem;line-height:1.4;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--quiet);padding:0 0 .4rem;max-width:46rem}
th,td{text-align:left;vertical-align:top;padding:.35rem .75rem;border-bottom:1px solid var(--rule);min-width:5rem}
thead th{vertical-align:bottom;background:var(--panel)}
tbody th{font-weight:600;min-width:9rem}
.figure{text-align:right}
.map td{min-width:10rem;border:2px solid var(--paper)}
.map thead th{min-width:10rem;max-width:16rem}
.map tbody th{white-space:nowrap}
.none{color:var(--quiet)}
`;
}

function chartRules(): string {
  return `.heat b{font-size:1rem}
.scale .heat{display:inline-block;padding:.1rem .5rem;border-radius:3px;margin:.1rem 0}
.chart{margin:.5rem 0 1rem}
.chart svg{overflow:visible;display:block}
.chart text{fill:var(--quiet);font-size:12px;paint-order:stroke;stroke:var(--paper);stroke-width:4px;stroke-linejoin:round}
.legend{margin:.25rem 0}
.axis{margin:0;max-width:none}
.axis.below{text-align:right}
.key{display:inline-block;margin-right:1.25rem}
.key svg{display:inline-block;vertical-align:middle;margin-right:.4rem}
.rule{stroke:var(--rule)}
.mark{stroke:var(--quiet)}
.line{fill:none;stroke-width:2;vector-effect:non-scaling-stroke}
.area{opacity:.16}
.groove{fill:var(--panel);stroke:var(--rule)}
.binds{fill:var(--series-1)}
${places.map((place) => `.line-${place}{stroke:var(--series-${place});stroke-dasharray:${dashes[place] ?? "none"}}.area-${place},.part-${place}{fill:var(--series-${place})}`).join("\n")}
.part{stroke:var(--paper);stroke-width:1}
${lightPalette.heat.map((_, heat) => `.heat-${heat}{background:var(--heat-${heat});color:var(--heat-ink-${heat})}`).join("\n")}
details{margin:.5rem 0 1.25rem}
summary{cursor:pointer;color:var(--link);padding:.2rem 0}
`;
}

/** Later rules win: a narrow page, and paper. */
function mediaRules(): string {
  return `@media (max-width:40rem){body{padding:0 1rem 3rem}h1{font-size:1.45rem}h2{font-size:1.2rem}th,td{padding:.3rem .5rem}caption{max-width:calc(100vw - 3rem)}.map td,.map thead th{min-width:8rem}.facts{grid-template-columns:1fr 1fr}}
@media print{
:root{color-scheme:light;${paletteRules(lightPalette)}}
@page{margin:14mm}
body{max-width:none;padding:0;font-size:10pt;-webkit-print-color-adjust:exact;print-color-adjust:exact}
nav,.skip,details:not([open]){display:none}
h2,h3,caption,.legend{break-after:avoid}
h2{margin-top:1.5rem}
.chart,.facts div,tr{break-inside:avoid}
.frame{overflow:visible}
table{font-size:8pt;width:100%}
th,td,tbody th,.map td,.map thead th{min-width:0;padding:.2rem .4rem;overflow-wrap:anywhere}
thead th{overflow-wrap:normal}
a{color:inherit;text-decoration:none}
}
`;
}
