export const choices = ['agree', 'disagree', 'pass'] as const;
export type ChoiceName = (typeof choices)[number];

/** As it is kept and counted: agree, pass, disagree. */
export type Choice = 1 | 0 | -1;

const valueOf: Readonly<Record<ChoiceName, Choice>> = { agree: 1, pass: 0, disagree: -1 };

export const choiceOf = (name: ChoiceName): Choice => valueOf[name];

export function nameOf(choice: Choice): ChoiceName {
  switch (choice) {
    case 1:
      return 'agree';
    case 0:
      return 'pass';
    case -1:
      return 'disagree';
  }
}
