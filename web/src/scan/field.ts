/** Fields whose keys are never held: secrets, and fields that ask for it with data-scan="off". */
export function isPrivateField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.matches('input[type="password"]') || target.closest('[data-scan="off"]') !== null
}

export function isTextField(target: EventTarget | null): target is HTMLInputElement | HTMLTextAreaElement {
  if (target instanceof HTMLTextAreaElement) return !target.readOnly
  if (!(target instanceof HTMLInputElement) || target.readOnly) return false
  return !['checkbox', 'radio', 'button', 'submit', 'file', 'range', 'color'].includes(target.type)
}

/** Controls that act on arrows, Enter and Escape themselves; function keys belong to the screen everywhere. */
export function ownsItsKeys(target: EventTarget | null, key: string): boolean {
  if (/^F\d+$/.test(key) || !(target instanceof HTMLElement)) return false
  if (target.closest('input, textarea, select, [role="listbox"], [role="menu"], [role="dialog"], [contenteditable]'))
    return true
  return key === 'Enter' && target.closest('button, a, summary') !== null
}

/** Types text into a field as the browser would have, so that forms hear of it. */
export function typeInto(field: HTMLInputElement | HTMLTextAreaElement, text: string) {
  if (document.activeElement !== field) field.focus()
  if (typeof document.execCommand === 'function' && document.execCommand('insertText', false, text)) return
  const start = field.selectionStart ?? field.value.length
  const end = field.selectionEnd ?? field.value.length
  const next = field.value.slice(0, start) + text + field.value.slice(end)
  const proto = field instanceof HTMLTextAreaElement ? HTMLTextAreaElement.prototype : HTMLInputElement.prototype
  Object.getOwnPropertyDescriptor(proto, 'value')!.set!.call(field, next)
  field.setSelectionRange?.(start + text.length, start + text.length)
  field.dispatchEvent(new InputEvent('input', { bubbles: true, data: text, inputType: 'insertText' }))
}
