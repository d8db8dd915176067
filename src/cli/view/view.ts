import type { News } from '../../controller/index.ts';
import type { SessionPlan } from '../../model/plan.ts';
import type { SessionResult, StateObject } from '../../model/state.ts';
import { formatTemperature } from '../../model/units.ts';
import { BLOCK_LIST } from '../../people.ts';
import { painter } from '../output.ts';
import { temperatureChart } from './chart.ts';
import { frame, phaseText, simulatedText, stepText, valvesText } from './frame.ts';
import type { LiveView, PreviewFacts, ViewOptions } from './types.ts';
import { ViewModel } from './model.ts';
import { planLines } from './protocol.ts';
import { Screen } from './screen.ts';
import { outcomeText, summaryLines } from './summary.ts';
import { clockTime } from './text.ts';

/** Ahead of everything: the water will run by itself. */
const DRY_LINE = 'DRY RUN: the water runs by itself. Nobody may be in it, and it counts for nobody.';
const BELL = '\u0007';

/** The live view: the model takes the news in, the screen redraws, and what must not be missed stays above it. */
export class View implements LiveView {
  readonly #options: ViewOptions;
  readonly #model = new ViewModel();
  readonly #screen: Screen;
  readonly #paint: ReturnType<typeof painter>;
  /** The first news of this session: plain lines count from it. */
  #sinceMs: number | null = null;
  /** What the last plain line said, so that the same is not said twice. */
  #said = '';
  #tripMessage: string | null = null;
  /** Nothing is drawn any more: the summary was the last word, or somebody closed the view. */
  #over = false;

  constructor(options: ViewOptions) {
    this.#options = options;
    const colour = options.colour && options.isTTY;
    this.#paint = painter(colour);
    this.#screen = new Screen(options.out, colour, () => this.#columns);
  }

  preview(plan: SessionPlan, facts: PreviewFacts): void {
    this.#model.plan = plan;
    this.#model.station = facts.station;
    const { simulated, speed, unit } = this.#options;
    if (simulated) this.#print(this.#paint(['bold', 'inverse'], ` ${simulatedText(speed)} `));
    this.#print(this.#paint('bold', `${plan.title} at ${facts.station}`));
    const dry = facts.dry === true;
    if (dry) this.#print(this.#paint(['bold', 'red'], DRY_LINE));
    // Nobody is there to be told how to sit.
    const shown = dry ? { ...plan, position: null, say: null } : plan;
    for (const line of planLines(shown, unit)) this.#print(line);
    if (facts.drawn !== null) {
      const drawn = Object.entries(facts.drawn).map(([key, value]) => `${key} ${value ?? '-'}`);
      this.#print(`  simulated water: ${drawn.join(', ')}`);
    }
    if (facts.guest) {
      this.#print('');
      this.#print('Not with any of these; to begin means that none of them applies to you:');
      for (const item of BLOCK_LIST) this.#print(`  - ${item}`);
    }
    this.#print('');
  }

  news(news: News, atMs: number): void {
    if (this.#over) return;
    this.#model.news(news, atMs);
    this.#sinceMs ??= atMs;
    switch (news.type) {
      case 'state':
        this.#model.advance(this.#options.wallMs());
        if (!this.#options.isTTY) this.#sayState(news.state, atMs);
        this.tick();
        return;
      case 'event':
        this.#event(news.event, news.detail, atMs);
        return;
      case 'reading':
      case 'command':
      case 'result':
      // A desk has a view of its own.
      case 'desk':
      case 'guide':
        return;
    }
  }

  say(text: string, atMs: number): void {
    this.#remark(text, atMs);
  }

  tick(): void {
    const { isTTY, unit, simulated, speed, keys, nowMs, wallMs } = this.#options;
    if (!isTTY || this.#over) return;
    const now = { nowMs: nowMs(), wallMs: wallMs() };
    this.#model.advance(now.wallMs);
    const columns = this.#columns;
    this.#screen.draw(frame(this.#model, { columns, unit, simulated, speed, keys: keys ?? null, ...now }));
  }

  summary(result: SessionResult): void {
    const { unit } = this.#options;
    this.tick();
    this.close();
    const aborted = result.outcome === 'aborted';
    const style = result.outcome === 'complete' ? 'green' : aborted ? 'red' : 'yellow';
    const message = aborted ? this.#tripMessage : null;
    this.#print('');
    this.#print(this.#paint(['bold', style], outcomeText(result, message)));
    for (const line of summaryLines(result, unit)) this.#print(line);
    const chart = temperatureChart(this.#model.samples, unit, this.#columns);
    if (chart.length > 0) this.#print('');
    for (const line of chart) this.#print(line);
  }

  close(): void {
    if (this.#over) return;
    this.#over = true;
    this.#screen.close();
  }

  get #columns(): number {
    const { columns } = this.#options;
    return typeof columns === 'number' ? columns : columns();
  }

  #event(event: string, detail: Readonly<Record<string, unknown>>, atMs: number): void {
    const text = (key: string): string => (typeof detail[key] === 'string' ? detail[key] : '');
    switch (event) {
      case 'cue':
        if (this.#options.isTTY && this.#options.bell === true) this.#options.out.write(BELL);
        return;
      case 'trip':
        this.#tripMessage ??= text('message');
        this.#remark(`${text('detector')} ${text('code')}: ${text('message')}`, atMs);
        return;
      case 'refused':
        this.#remark(`refused: ${text('message')}`, atMs);
        return;
      case 'device_lost':
        this.#remark(`${text('device')} went away`, atMs);
        return;
    }
  }

  /** Something that must not be missed: it stays. */
  #remark(text: string, atMs: number): void {
    const line = `${this.#time(atMs)} ${this.#banner}${text}`;
    if (this.#options.isTTY && !this.#over) this.#screen.above(this.#paint('yellow', line));
    else this.#print(line);
  }

  /** Without a terminal: a line where a phase, a step or a question is new. */
  #sayState(state: StateObject, atMs: number): void {
    const { phase, step, prompt, fault, message } = state;
    // In a step a message is a warning of what comes, and must be read in time.
    const warning = state.state === 'running' ? message : '';
    const key = [state.state, phase, step?.index, prompt?.id, fault?.code, warning].join(' ');
    if (key === this.#said) return;
    this.#said = key;
    this.#print(`${this.#time(atMs)} ${this.#banner}${this.#sentence(state)}`);
  }

  #sentence(state: StateObject): string {
    const { unit, wallMs } = this.#options;
    if (state.prompt !== null) return `${state.prompt.text} press Enter`;
    const endsAtMs = this.#model.endsAtMs;
    const parts = [
      phaseText(state),
      stepText(state),
      state.water_c === null ? '' : `water ${formatTemperature(state.water_c, unit)}`,
      endsAtMs === null ? '' : `${clockTime(endsAtMs - wallMs())} to go`,
      valvesText(state.valves),
      state.next === null ? '' : `next: ${state.next}`,
      state.message ?? '',
    ];
    return parts.filter((part) => part !== '').join(' · ');
  }

  get #banner(): string {
    return this.#options.simulated || this.#model.state?.simulated === true ? 'SIMULATED ' : '';
  }

  #time(atMs: number): string {
    return clockTime(atMs - (this.#sinceMs ?? atMs));
  }

  #print(line: string): void {
    this.#options.out.write(`${line}\n`);
  }
}
