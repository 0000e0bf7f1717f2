const againMs = 2000

/** What is loaded once it is wanted. While the server cannot be reached it is asked for again. */
export function later<Part>(load: () => Promise<Part>): () => Promise<Part> {
  let loading: Promise<Part> | undefined
  const part = (): Promise<Part> =>
    load().catch(async () => {
      await new Promise((rested) => setTimeout(rested, againMs))
      return part()
    })
  return () => (loading ??= part())
}
