/**
 * Raised anywhere in a format-aware merge that cannot be sure of its result, and caught in one place,
 * where it becomes `null`: the file stays a conflict. It never reaches a user.
 */
export class NoOpinion extends Error {
  override readonly name = 'NoOpinion'
}
