/** What stands between a buyer and the button, and what to do. */
export function Notice({ title, line, children }: { title: string; line: string; children: React.ReactNode }) {
  return (
    <section role="status" className="grid gap-3 rounded-box border border-line bg-surface p-5">
      <h2 className="text-lead font-semibold wrap-anywhere">{title}</h2>
      <p className="text-muted wrap-anywhere">{line}</p>
      <div className="flex flex-wrap gap-3">{children}</div>
    </section>
  )
}
