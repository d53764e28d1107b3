const ID_WORDS = new Set('id ids uuid guid key pk index idx rowid rownum'.split(' '))
const PERIOD_WORDS = new Set('year yr month mnth day week weekday hour hr quarter period step'.split(' '))
const NUMBER_WORDS = new Set('number num n nr count cnt total sum amount'.split(' '))
const TIME_WORDS = new Set(
  'time timestamp ts date datetime day epoch unix when created recorded observed dt'.split(' '),
)
/** Dates that describe a row without telling when it was observed. */
const OTHER_DATE_WORDS = new Set(
  'birth dob birthday birthdate due expiry expires expiration end deadline death closed hire hired release released updated modified deleted'.split(
    ' ',
  ),
)

/** The words of a column's name: `customerId`, `customer_id` and `Customer ID` are the same. */
export function nameWords(name: string): string[] {
  const { hump, gap } = isAscii(name) ? ASCII : letters()
  return name
    .replace(hump, '$1 $2')
    .toLowerCase()
    .split(gap)
    .filter((word) => word !== '')
}

const ASCII = { hump: /([a-z])([A-Z])/g, gap: /[^a-zA-Z0-9]+/ }

/** The letters of all scripts, which take long to compile. */
const letters = () => ({ hump: /(\p{Ll})(\p{Lu})/gu, gap: /[^\p{L}\p{N}]+/u })

function isAscii(name: string): boolean {
  return /^[\0-\x7f]*$/.test(name)
}

export function soundsLikeId(name: string): boolean {
  return nameWords(name).some((word) => ID_WORDS.has(word))
}

/** A part of a date, which counts up without identifying a row. */
export function soundsLikePeriod(name: string): boolean {
  return nameWords(name).some((word) => PERIOD_WORDS.has(word))
}

/** Something that is counted, and is 0 or 1 only by chance. */
export function soundsLikeCount(name: string): boolean {
  return soundsLikePeriod(name) || nameWords(name).some((word) => NUMBER_WORDS.has(word))
}

export function soundsLikeTime(name: string): boolean {
  return nameWords(name).some((word) => TIME_WORDS.has(word))
}

export function soundsLikeOtherDate(name: string): boolean {
  return nameWords(name).some((word) => OTHER_DATE_WORDS.has(word))
}
