import type { Problem } from '../api/bodies'
import type { Rehearsal } from '../api/rehearsals'
import { dictionary } from './language'
import { problemWords } from './server'

// Why something did not come to its end, which only operators ask, by the server's code of it.
type Words = {
  failures: Record<NonNullable<Rehearsal['failure']>, (reason: string) => string>
  unjudged: Record<NonNullable<Problem['reason']>, string>
}

const zh: Words = {
  failures: {
    ended_early: () => '演练结束之前服务器停止了',
    unreadable: () => '它的记录无法读取',
    not_on_sale: (reason) => `它的商品无法开售（${reason}）`,
    no_rush: (reason) => `买家无法出发（${reason}）`,
    not_judged: (reason) => `结果无法核验（${reason}）`,
    product_unread: (reason) => `它的商品无法读取（${reason}）`,
    given_up: () => '它太久没有动静，已被视为停止',
  },
  unjudged: {
    gates_away: '有商品的入口尚未开启，请稍后再试',
    store_behind: '存储还没有跟上日志，请稍后再试',
    unreachable: '有一台服务器没有应答',
  },
}

const words = dictionary<{ [Part in keyof Words]: Partial<Words[Part]> }>({ en: { failures: {}, unjudged: {} }, zh })

/** Why a rehearsal failed. */
export const failureWords = ({ failure, reason = '' }: Pick<Rehearsal, 'failure' | 'reason'>): string =>
  (failure && words().failures[failure]?.(reason)) ?? reason

/** Why the sale could not be judged. */
export const unjudgedWords = ({ title, detail, reason }: Problem): string =>
  problemWords('not_judged', title, (reason && words().unjudged[reason]) ?? detail)
