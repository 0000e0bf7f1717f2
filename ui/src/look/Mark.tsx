export function Mark() {
  return (
    <svg viewBox="0 0 20 16" className="h-4 w-5" aria-hidden="true">
      <path className="fill-ink" d="M0 0h4v16H0zM6 0h4v16H6z" />
      <path className="fill-flash stroke-flash-edge" d="M12.5.5h7v15h-7z" />
    </svg>
  )
}
