/** A failure that whoever runs the node can mend. The message says what and how; it is printed without a stack, and the exit code is 1. */
export class OperatorError extends Error {
  override readonly name: string = 'OperatorError';
}

/** The command was called wrongly: nothing was looked at, and the exit code is 2. */
export class UsageError extends OperatorError {
  override readonly name = 'UsageError';
}
