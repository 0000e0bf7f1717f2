/** What few buyers need, loaded once it is wanted: in one file, as two would split what they share with the page. */
export { Challenge } from './Challenge'
export { Mine } from './Mine'
