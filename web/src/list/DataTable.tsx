import { Table, UnstyledButton } from '@mantine/core'
import { flexRender, getCoreRowModel, useReactTable, type ColumnDef, type RowData } from '@tanstack/react-table'
import { useRef, type KeyboardEvent, type ReactNode } from 'react'
import classes from './list.module.css'
import { ariaSort } from './page'

declare module '@tanstack/react-table' {
  // The names must be the library's own for the declarations to merge.
  // eslint-disable-next-line @typescript-eslint/no-unused-vars
  interface ColumnMeta<TData extends RowData, TValue> {
    width?: string
    /** The server's name of the column, when it can sort by it. */
    sort?: string
    numeric?: boolean
  }
}

interface Props<T> {
  label: string
  columns: ColumnDef<T>[]
  rows: T[]
  rowId: (row: T) => string
  sort?: string
  onSort?: (column: string) => void
  selected?: string
  onOpen?: (row: T) => void
  onClose?: () => void
  dim?: boolean
}

/** The table of all lists: sortable heads, rows opened by mouse, arrows and Enter. */
export function DataTable<T>(props: Props<T>) {
  const { label, columns, rows, rowId, sort, onSort, selected, onOpen, onClose, dim } = props
  const body = useRef<HTMLTableSectionElement>(null)
  // The table holds no state of its own: rows, order and selection come from the server and the address.
  // eslint-disable-next-line react-hooks/incompatible-library
  const table = useReactTable({
    data: rows,
    columns,
    getRowId: rowId,
    getCoreRowModel: getCoreRowModel(),
    manualSorting: true,
    manualPagination: true,
  })
  const onKeyDown = (event: KeyboardEvent<HTMLTableRowElement>, row: T) => {
    if (event.target !== event.currentTarget) return
    const step = { ArrowDown: 'nextElementSibling', ArrowUp: 'previousElementSibling' }[event.key] as
      'nextElementSibling' | undefined
    if (step) (event.currentTarget[step] as HTMLElement | null)?.focus()
    else if (event.key === 'Enter') onOpen?.(row)
    else if (event.key === 'Escape') onClose?.()
    else return
    event.preventDefault()
  }
  return (
    <Table.ScrollContainer minWidth={0} type="native">
      <Table className={classes.table} aria-label={label} layout="fixed" data-dim={dim || undefined}>
        <colgroup>
          {table.getVisibleLeafColumns().map((column) => (
            <col key={column.id} style={{ width: column.columnDef.meta?.width }} />
          ))}
        </colgroup>
        <Table.Thead>
          {table.getHeaderGroups().map((group) => (
            <Table.Tr key={group.id}>
              {group.headers.map((header) => (
                <Head
                  key={header.id}
                  name={header.column.columnDef.meta?.sort}
                  numeric={header.column.columnDef.meta?.numeric}
                  sort={sort}
                  onSort={onSort}
                >
                  {flexRender(header.column.columnDef.header, header.getContext())}
                </Head>
              ))}
            </Table.Tr>
          ))}
        </Table.Thead>
        <Table.Tbody ref={body}>
          {table.getRowModel().rows.map((row) => (
            <Table.Tr
              key={row.id}
              tabIndex={onOpen ? 0 : undefined}
              aria-selected={selected === undefined ? undefined : row.id === selected}
              data-id={row.id}
              className={onOpen ? classes.openable : undefined}
              onClick={onOpen && (() => onOpen(row.original))}
              onKeyDown={onOpen && ((event) => onKeyDown(event, row.original))}
            >
              {row.getVisibleCells().map((cell) => (
                <Table.Td key={cell.id} className={cell.column.columnDef.meta?.numeric ? 'num' : undefined}>
                  {flexRender(cell.column.columnDef.cell, cell.getContext())}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

interface HeadProps {
  name?: string
  numeric?: boolean
  sort?: string
  onSort?: (column: string) => void
  children: ReactNode
}

function Head({ name, numeric, sort, onSort, children }: HeadProps) {
  if (!name || !onSort)
    return (
      <Table.Th scope="col" className={numeric ? 'num' : undefined}>
        {children}
      </Table.Th>
    )
  const direction = ariaSort(sort, name)
  return (
    <Table.Th scope="col" aria-sort={direction} className={numeric ? 'num' : undefined}>
      <UnstyledButton className={classes.head} onClick={() => onSort(name)}>
        {children}
        <span aria-hidden>{direction === 'ascending' ? ' ↑' : direction === 'descending' ? ' ↓' : ''}</span>
      </UnstyledButton>
    </Table.Th>
  )
}
