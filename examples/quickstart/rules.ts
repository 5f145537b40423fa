/** Says what is wrong with a name or a password that somebody chose: an empty string where nothing is. */
export const passwordHint = 'At least 8 characters. A few words in a row are easy to remember.'

export function nameProblem (name: string): string {
  if (name.length < 2 || name.length > 40) return 'Choose a name of 2 to 40 characters.'
  return /\p{C}/u.test(name) ? 'Choose a name without invisible characters.' : ''
}

export function passwordProblem (password: string): string {
  return password.length < 8 ? 'Choose a password of at least 8 characters.' : ''
}

export function repeatProblem (password: string, repeated: string): string {
  return password === repeated ? '' : 'The two passwords are not the same.'
}
