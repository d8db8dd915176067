import type { Invariant } from './invariant.ts';
import { i1 } from './i1.ts';
import { i2 } from './i2.ts';
import { i3 } from './i3.ts';
import { i4 } from './i4.ts';
import { i5 } from './i5.ts';
import { i6 } from './i6.ts';
import { i7 } from './i7.ts';
import { i8 } from './i8.ts';
import { i9 } from './i9.ts';
import { i10 } from './i10.ts';
import { i11 } from './i11.ts';
import { i12 } from './i12.ts';
import { i13 } from './i13.ts';
import { i14 } from './i14.ts';
import { i15 } from './i15.ts';
import { i16 } from './i16.ts';
import { i17 } from './i17.ts';
import { i18 } from './i18.ts';
import { i19 } from './i19.ts';
import { i20 } from './i20.ts';
import { i21 } from './i21.ts';
import { i22 } from './i22.ts';
import { i23 } from './i23.ts';
import { i24 } from './i24.ts';
import { i25 } from './i25.ts';
import { i26 } from './i26.ts';
import { i27 } from './i27.ts';
import { i28 } from './i28.ts';
import { i29 } from './i29.ts';

/** The list of invariants, one file each; docs/safety.md has the same one. */
export const INVARIANTS: readonly Invariant[] = [
  ...[i1, i2, i3, i4, i5, i6, i7, i8, i9, i10],
  ...[i11, i12, i13, i14, i15, i16, i17, i18, i19, i20],
  ...[i21, i22, i23, i24, i25, i26, i27, i28, i29],
];

export type { Beside, Invariant, Judge, Objection, Trial } from './invariant.ts';
