import { genericLinux } from './boards/generic-linux.ts';
import { boards } from './boards/index.ts';
import type { Board } from './boards/types.ts';
import { boardIdentity } from './device-tree.ts';

/** The board this is by its device tree or its name; generic Linux where it has none or an unknown one. Never throws. @param root `/`, or a copy for tests */
export function detectBoard(root = '/'): Board {
  const { model, compatible } = boardIdentity(root);
  return boards.find((board) => board.matches(model, compatible)) ?? genericLinux;
}
