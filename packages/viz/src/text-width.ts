/** Widths of glyphs in ems, as usual sans-serif faces have them; the same on every machine, unlike a measured font. */
const narrow = "ijl.,:;'|!I ";
const slim = 'frt-()[]/"*';
const wide = "mwMW%@\u25b2\u25bc\u2192";

/** About how wide a line of text is, in the unit of `fontSize`. */
export function textWidth(text: string, fontSize: number): number {
  let ems = 0;
  for (const glyph of text) {
    if (narrow.includes(glyph)) ems += 0.32;
    else if (slim.includes(glyph)) ems += 0.4;
    else if (wide.includes(glyph)) ems += 0.92;
    else if (glyph > "\u2e7f") ems += 1;
    else ems += glyph >= "A" && glyph <= "Z" ? 0.7 : 0.6;
  }
  return ems * fontSize;
}

/** Text that fits into `width`, its end replaced by an ellipsis where it does not. */
export function fitText(text: string, width: number, fontSize: number): string {
  if (textWidth(text, fontSize) <= width) return text;
  const glyphs = [...text];
  while (glyphs.length > 0 && textWidth(`${glyphs.join("")}\u2026`, fontSize) > width) glyphs.pop();
  return `${glyphs.join("").trimEnd()}\u2026`;
}

/** Text in lines that fit into `width`, broken between words. */
export function wrapText(text: string, width: number, fontSize: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line === "" || textWidth(longer, fontSize) <= width) line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line].map((text) => fitText(text, width, fontSize));
}
