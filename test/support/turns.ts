/** Counts how often the event loop turns until `end`, which returns the count. */
export function countTurns(): () => number {
  let turns = 0;
  let over = false;
  const turn = (): void => {
    turns += 1;
    if (!over) setImmediate(turn);
  };
  turn();
  return () => {
    over = true;
    return turns;
  };
}
