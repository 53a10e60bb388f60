import { paletteStyle } from "./palette.js";

/** The page's one stylesheet. Its digest stands in the page's policy: `styleDigest`. */
export const style = `${paletteStyle}
:root{color-scheme:light dark}
*{box-sizing:border-box}
body{margin:0;background:var(--twin-page);color:var(--twin-ink);font:16px/1.55 system-ui,sans-serif;overflow-wrap:break-word}
header,main,footer{max-width:880px;margin:0 auto;padding:0 16px}
header{padding-top:36px}
h1{font-size:2rem;line-height:1.2;margin:0 0 6px}
h2{font-size:1.4rem;line-height:1.3;margin:0 0 10px;padding-top:14px;border-top:1px solid var(--twin-grid)}
h3{font-size:1.08rem;margin:26px 0 6px}
p,li{max-width:72ch}
p{margin:0 0 12px}
section{margin:44px 0}
a{color:var(--twin-blue)}
nav ul{display:flex;flex-wrap:wrap;gap:4px 18px;list-style:none;margin:14px 0 0;padding:0}
.about,.note,footer{color:var(--twin-muted)}
.about{margin:0}
footer{padding-bottom:40px;font-size:.9rem}
figure{margin:18px 0}
figure svg{display:block;width:100%;height:auto;max-width:100%}
.narrow{display:none}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:0 24px}
.scroll{overflow-x:auto;margin:12px 0 20px}
.natural{overflow-x:auto}
.natural svg{width:auto;max-width:none;margin:0 auto}
table{border-collapse:collapse;font-size:.9rem;width:100%}
caption{text-align:left;color:var(--twin-muted);padding-bottom:4px}
th,td{text-align:left;padding:5px 14px 5px 0;border-bottom:1px solid var(--twin-grid);vertical-align:top;font-weight:400}
thead th{color:var(--twin-muted);border-bottom-color:var(--twin-line)}
tbody th{font-weight:600}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.date{white-space:nowrap}
th:last-child,td:last-child{padding-right:0}
:focus-visible{outline:2px solid var(--twin-blue);outline-offset:2px}
@media (max-width:879px){.wide{display:none}.narrow{display:block}.narrow svg{max-width:460px}.pair{display:block}h1{font-size:1.6rem}section{margin:32px 0}}
@media print{:root{color-scheme:light}nav{display:none}section{margin:24px 0}figure,tr{break-inside:avoid}h2,h3{break-after:avoid}.scroll,.natural{overflow:visible}.natural svg{width:100%;height:auto}body{font-size:11pt}}
`;

/** The SHA-256 digest of `style`, in base 64; a test holds it to the text. */
export const styleDigest = "q4tG1puT8DgQeapEL2Ez1jEX++3Vacd3ni0bRDvUxKE=";
