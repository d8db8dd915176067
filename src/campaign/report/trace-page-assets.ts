/** What a trace page carries inside it; it loads nothing. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1b2733; --paper: #fbfbf9; --faint: #d8dde2; --warm: #e8743b; --cold: #2f7fd1; --bad: #c2185b; --fault: #8e44ad; --ok: #2e8b57; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6ebf0; --paper: #14191f; --faint: #33404c; --warm: #ff9a66; --cold: #6db3ff; --bad: #ff6f9f; --fault: #c79bf0; --ok: #6fd19b; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 1.5rem auto; max-width: 1240px; padding: 0 1rem; }
h1 { font-size: 1.3rem; margin: 0 0 .2rem; } .facts { margin: 0 0 .5rem; } .violation { color: var(--bad); font-weight: 600; margin: .2rem 0; }
svg { width: 100%; height: auto; } svg text { font: 11px system-ui, sans-serif; fill: var(--ink); } .axis { text-anchor: end; dominant-baseline: middle; } .time, .mark { text-anchor: middle; }
.grid { stroke: var(--faint); stroke-width: .6; } .limit { stroke: var(--bad); stroke-dasharray: 4 3; } rect.warm { fill: var(--warm); opacity: .12; } rect.cold { fill: var(--cold); opacity: .12; }
polyline.true { fill: none; stroke: var(--ink); stroke-width: 1.4; } polyline.v1 { stroke: var(--cold); } .read { fill: var(--warm); opacity: .8; }
rect.phase { fill: var(--faint); } rect.phase.warm { fill: var(--warm); opacity: .75; } rect.phase.cold { fill: var(--cold); opacity: .75; } rect.phase.fault { fill: var(--bad); opacity: .75; } rect.phase.ready { fill: var(--ok); opacity: .6; }
rect.permitted { fill: var(--ok); opacity: .55; } rect.feet { fill: var(--ok); } rect.open { fill: var(--cold); opacity: .8; } rect.lease { fill: var(--faint); stroke: var(--ink); stroke-width: .3; } rect.fault { fill: var(--fault); opacity: .6; } rect.process { fill: var(--faint); }
.trip { stroke: var(--bad); stroke-width: 1.2; } .mark { fill: var(--bad); } text.bar { font-size: 10px; pointer-events: none; } #cursor { stroke: var(--ink); stroke-width: .5; } #now { min-height: 1.5em; font-variant-numeric: tabular-nums; }
.legend .k { display: inline-block; width: 1.1em; height: .55em; margin: 0 .35em 0 .9em; } .k.true { background: var(--ink); } .k.read { background: var(--warm); } .k.fault { background: var(--fault); } .k.trip { background: var(--bad); } .k.open { background: var(--cold); } .k.lease { background: var(--faint); }
pre { overflow-x: auto; font-size: 12px; }
`;

/** The cursor and what was true where it is. */
export const SCRIPT = `
const svg = document.querySelector('svg'), cursor = document.getElementById('cursor'), now = document.getElementById('now');
svg.addEventListener('pointermove', (event) => {
  const box = svg.getBoundingClientRect(), { left, width, end } = svg.dataset;
  const px = (event.clientX - box.left) * width / box.width, at = (px - left) / (width - left) * end;
  if (at < 0) return;
  cursor.setAttribute('x1', px); cursor.setAttribute('x2', px);
  let best = SAMPLES[0]; for (const one of SAMPLES) if (one[0] <= at) best = one;
  if (!best) return;
  const s = best[0] / 1000;
  now.textContent = Math.floor(s / 60) + ':' + (s % 60).toFixed(1).padStart(4, '0') + ' · ' + VESSELS.map((name, i) => name + ' ' + best[1][i].toFixed(1) + ' °C').join(', ') + (best[2] ? ' · feet in ' + best[2] : ' · nobody in the water');
});
`;
