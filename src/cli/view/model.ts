import { bandOf } from '../../../machines/band.ts';
import type { News } from '../../controller/index.ts';
import type { Plumbing, RangeC, SessionPlan } from '../../model/plan.ts';
import type { StateObject } from '../../model/state.ts';

/** One point of the temperature curve. */
export interface Sample {
  readonly atMs: number;
  readonly valueC: number;
  readonly side: 'warm' | 'cold' | null;
}

/** A reading older than this is not shown as the water's temperature any more. */
const FRESH_MS = 10_000;
/** The curve is thinned out beyond this, so that a session that never ends does not fill the memory. */
const MAX_SAMPLES = 20_000;

/** What the view knows: the latest of everything, and the curve so far. No drawing here. */
export class ViewModel {
  plan: SessionPlan | null = null;
  station = '';
  state: StateObject | null = null;
  /** Share of the planned contact that is done, 0 to 1; never goes back. */
  progress = 0;
  samples: Sample[] = [];
  readonly #waterC = new Map<string, { readonly valueC: number | null; readonly atMs: number }>();

  /** Takes the news in. */
  news(news: News, atMs: number): void {
    if (news.type === 'state') this.state = news.state;
    if (news.type !== 'reading' || news.kind !== 'temperature' || typeof news.value === 'string') return;
    this.#waterC.set(news.device, { valueC: news.value, atMs });
    const valueC = this.waterC(atMs);
    if (valueC === null || this.state?.session == null) return;
    this.samples.push({ atMs, valueC, side: this.side });
    if (this.samples.length > MAX_SAMPLES) this.samples = this.samples.filter((_, index) => index % 2 === 0);
  }

  /** The warmest fresh reading, as everything about heat goes by it; null where there is none. */
  waterC(nowMs: number): number | null {
    const fresh = [...this.#waterC.values()].flatMap(({ valueC, atMs }) =>
      valueC !== null && nowMs - atMs <= FRESH_MS ? [valueC] : [],
    );
    return fresh.length === 0 ? null : Math.max(...fresh);
  }

  /** Which water runs over the feet right now. */
  get side(): 'warm' | 'cold' | null {
    const phase = this.state?.phase;
    return phase === 'warm' || phase === 'cold' ? phase : null;
  }

  /** What the water is held against: L16 for the step that runs or comes. */
  get band(): RangeC | null {
    const step = this.state?.step;
    const planned = step == null ? undefined : this.plan?.steps[step.index];
    if (planned === undefined || step?.target_c == null) return null;
    return bandOf(this.#plumbing, planned, step.target_c);
  }

  /** What the countdown counts to, wall time; null where nothing ends by itself. */
  get endsAtMs(): number | null {
    const { state } = this;
    const iso = state?.ready_until ?? (this.side === null ? null : state?.step?.ends_at);
    return iso == null ? null : Date.parse(iso);
  }

  /** Works `progress` out anew. */
  advance(wallMs: number): void {
    const { state, plan } = this;
    if (state?.state === 'complete' || state?.state === 'completing') this.progress = 1;
    if (plan === null || state?.step == null || plan.totals.contactMs === 0) return;
    const { index } = state.step;
    const before = plan.steps.slice(0, index).reduce((sum, step) => sum + step.durationMs, 0);
    const whole = plan.steps[index]?.durationMs ?? 0;
    const endsAtMs = this.side === null ? null : this.endsAtMs;
    const within = endsAtMs === null ? 0 : Math.min(whole, Math.max(0, whole - (endsAtMs - wallMs)));
    this.progress = Math.max(this.progress, Math.min(1, (before + within) / plan.totals.contactMs));
  }

  get #plumbing(): Plumbing {
    const { mixer, hot, cold } = this.state?.valves ?? {};
    if (mixer !== undefined) return 'mixer';
    return hot !== undefined || cold !== undefined ? 'two-valves' : 'cues';
  }
}
