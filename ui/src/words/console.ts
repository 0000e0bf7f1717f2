import './serverRest'
import { en } from './consoleEnglish'
import { zh } from './consoleChinese'
import { dictionary } from './language'

export type { ConsoleWords } from './consoleEnglish'

export const words = dictionary({ en, zh })
