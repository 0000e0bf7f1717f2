import { dictionary } from './language'

const en = {
  title: 'Show that you are a person',
  line: 'Once, before you can buy. Then the button works.',
  failed: 'That did not work. Please try again.',
  away: 'The check could not be loaded. Reload the page, or try another network.',
}

const zh: typeof en = {
  title: '请完成人机验证',
  line: '购买前只需验证一次，通过后即可购买。',
  failed: '验证未通过，请再试一次。',
  away: '验证组件无法加载，请刷新页面或更换网络再试。',
}

export const challengeWords = dictionary({ en, zh })
