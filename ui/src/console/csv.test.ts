import { expect, it } from 'vitest'
import { cell } from './csv'

it.each([
  [1999, '1999'],
  [undefined, ''],
  ['pay_1', 'pay_1'],
  ['-1+1', "'-1+1"],
  ['=1,2', `"'=1,2"`],
  ['said "yes"', '"said ""yes"""'],
])('the value %s stands in a CSV as %s', (value, want) => expect(cell(value)).toBe(want))
