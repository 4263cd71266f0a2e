const [WIDTH, HEIGHT, LEFT] = [900, 160, 60];

/** One panel: points or a line by seconds, with a level. */
function panel(top, title, courses, { seconds, limited, most, level, value }) {
  const x = (time) => (LEFT + (time / seconds) * (WIDTH - LEFT - 10)).toFixed(1);
  const y = (number) => (top + HEIGHT - 20 - (Math.min(number, most) / most) * (HEIGHT - 50)).toFixed(1);
  const colours = ['#4e79a7', '#e15759'];
  const marks = courses.map(({ frames }, index) => frames
    .filter((frame) => Number.isFinite(value(frame)))
    .map((frame) => `<circle cx="${x(frame.captured)}" cy="${y(value(frame))}" r="1.5" fill="${colours[index]}"/>`).join(''));
  const legend = courses.map(({ name, missed, frames }, index) => `<tspan dx="14" fill="${colours[index]}">${name}: ${missed} of ${frames.length} missed</tspan>`).join('');
  return `<text x="0" y="${top + 14}" font-weight="bold">${title}${legend}</text>`
    + `<rect x="${x(limited.from)}" y="${top + 22}" width="${x(limited.until) - x(limited.from)}" height="${HEIGHT - 42}" fill="#eee"/>`
    + `<text x="${LEFT - 6}" y="${y(most)}" text-anchor="end">${most.toPrecision(3)}</text><text x="${LEFT - 6}" y="${y(0)}" text-anchor="end">0</text>`
    + `<line x1="${x(0)}" x2="${x(seconds)}" y1="${y(level)}" y2="${y(level)}" stroke="#000" stroke-dasharray="4 4"/>${marks.join('')}`;
}

/** An SVG of latency, temperature and variant of each frame; grey is the time in which other processes take the processor. */
export function plot(courses, { deadline, limited, seconds }) {
  const names = [...new Set(courses.flatMap(({ frames }) => frames.map(({ variant }) => variant)))];
  const shared = { seconds, limited };
  const body = [
    panel(0, 'latency (ms)', courses, { ...shared, most: 4000 * deadline, level: 1000 * deadline, value: ({ latency }) => 1000 * latency }),
    panel(HEIGHT, 'temperature (°C)', courses, { ...shared, most: 100, level: 80, value: ({ temperature }) => temperature }),
    panel(2 * HEIGHT, `variant (${names.map((name, index) => `${index + 1}: ${name}`).join(', ')})`, courses, { ...shared, most: names.length + 1, level: 0, value: ({ variant }) => names.indexOf(variant) + 1 }),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${3 * HEIGHT}" font-family="sans-serif" font-size="11">${body.join('')}</svg>\n`;
}
