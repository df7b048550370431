// Shows openapi.json as a page, with nothing from elsewhere: a plant network has no internet. Everything is set as
// text, never as markup.
'use strict'

const make = (tag, props, ...children) => {
  const node = Object.assign(document.createElement(tag), props)
  node.append(...children.filter((child) => child !== undefined && child !== ''))
  return node
}

let doc

const follow = (schema) => {
  const name = schema?.$ref?.split('/').pop()
  return name ? { name, schema: doc.components.schemas[name] } : { name: '', schema: schema ?? {} }
}

const kindOf = (raw) => {
  const { name, schema } = follow(raw)
  if (schema.enum) return schema.enum.map((word) => JSON.stringify(word)).join(' | ')
  if (schema.type === 'array') return kindOf(schema.items) + '[]'
  if (name) return name
  const type = Array.isArray(schema.type) ? schema.type.join(' | ') : schema.type
  return (type ?? 'any') + (schema.format ? ' (' + schema.format + ')' : '')
}

const fields = (raw, seen = []) => {
  const { name, schema } = follow(raw)
  if (schema.type === 'array') return fields(schema.items, seen)
  if (!schema.properties || seen.includes(name)) return undefined
  const rows = Object.entries(schema.properties).map(([key, value]) => {
    const inner = follow(value.type === 'array' ? value.items : value)
    const deeper = inner.schema?.properties && !seen.includes(inner.name) && inner.name !== name
    const cell = make('td', {}, make('div', { textContent: value.description ?? '' }))
    if (deeper) {
      const more = make('details', {}, make('summary', { textContent: inner.name || 'fields' }))
      more.addEventListener('toggle', () => {
        if (more.open && more.childElementCount === 1) more.append(make('div', { className: 'fields' }, fields(inner.name ? { $ref: '#/components/schemas/' + inner.name } : inner.schema, [...seen, name])))
      })
      cell.append(more)
    }
    const needed = schema.required?.includes(key) ? '' : ' (optional)'
    return make('tr', {}, make('td', {}, make('code', { textContent: key })), make('td', { className: 'kind', textContent: kindOf(value) + needed }), cell)
  })
  return make('table', {}, make('tbody', {}, ...rows))
}

const section = (title, note, ...nodes) => make('section', {}, make('h3', { textContent: title }), note ? make('p', { textContent: note }) : '', ...nodes.filter(Boolean))

const parameters = (list) =>
  make('table', {}, make('tbody', {}, ...list.map((p) =>
    make('tr', {}, make('td', {}, make('code', { textContent: p.name })), make('td', { className: 'kind', textContent: p.in + ', ' + kindOf(p.schema) + (p.required ? '' : ' (optional)') }), make('td', { textContent: p.description ?? p.schema?.description ?? '' })))))

const content = (answer) => Object.entries(answer?.content ?? {}).map(([type, media]) => make('div', {}, make('span', { className: 'kind', textContent: type + ' ' + kindOf(media.schema) }), fields(media.schema) ?? ''))

const details = (op) => {
  const body = make('div', { className: 'body' })
  if (op.description) body.append(make('p', { textContent: op.description }))
  if (op.parameters?.length) body.append(section('Parameters', '', parameters(op.parameters)))
  if (op.requestBody) body.append(section('Request', '', ...content(op.requestBody)))
  for (const [status, answer] of Object.entries(op.responses)) {
    const short = status >= '400'
    body.append(section(status, answer.description, ...(short ? [] : content(answer))))
  }
  return body
}

const show = (wanted) => {
  const list = document.getElementById('list')
  const groups = new Map()
  for (const [path, item] of Object.entries(doc.paths)) {
    for (const [method, op] of Object.entries(item)) {
      if (!op.operationId) continue
      const right = op['x-right'] ?? 'public'
      if (wanted && !(path + ' ' + op.operationId + ' ' + op.summary + ' ' + right).toLowerCase().includes(wanted)) continue
      const group = op.tags?.[0] ?? 'other'
      const head = make('summary', {}, make('span', { className: 'method', textContent: method.toUpperCase() }), make('code', { textContent: path }), make('span', { textContent: op.summary ?? '' }), make('span', { className: 'right', textContent: right }))
      const node = make('details', { id: op.operationId }, head)
      node.addEventListener('toggle', () => {
        if (node.open && node.childElementCount === 1) node.append(details(op))
      })
      groups.set(group, [...(groups.get(group) ?? []), node])
    }
  }
  list.replaceChildren(...[...groups].flatMap(([name, nodes]) => [make('h2', { textContent: name }), ...nodes]))
  if (groups.size === 0) list.append(make('p', { textContent: 'Nothing has that in its address, name or right.' }))
}

fetch('/openapi.json', { credentials: 'same-origin' })
  .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error('The server answered ' + answer.status + '.'))))
  .then((body) => {
    doc = body
    document.getElementById('about').textContent = (doc.info.description ?? '') + ' Version ' + doc.info.version + '.'
    const find = document.getElementById('find')
    find.addEventListener('input', () => show(find.value.trim().toLowerCase()))
    show('')
    document.getElementById(location.hash.slice(1))?.setAttribute('open', '')
  })
  .catch((error) => document.getElementById('list').replaceChildren(make('p', { textContent: 'The description was not read. ' + error.message + ' Load the page again.' })))
