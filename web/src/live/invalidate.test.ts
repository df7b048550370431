import { QueryClient, QueryObserver } from '@tanstack/react-query'
import { describe, expect, it, vi } from 'vitest'
import { invalidate } from './LiveProvider'

/** A question whose answers are given by hand. */
function asked(client: QueryClient, queryKey: string[]) {
  const answers: ((value: number) => void)[] = []
  const stop = new QueryObserver(client, {
    queryKey,
    queryFn: () => new Promise<number>((resolve) => answers.push(resolve)),
  }).subscribe(() => undefined)
  return { answers, stop, shown: () => client.getQueryData(queryKey) }
}

const lot = (id: string) => ({ kind: 'lot', id })

describe('invalidate', () => {
  it('lets a question under way be answered, and asks once more for all that changed meanwhile', async () => {
    const client = new QueryClient()
    const { answers, stop, shown } = asked(client, ['stations', 'ST20', 'job'])
    expect(answers).toHaveLength(1)
    invalidate(client, [lot('A'), lot('B')])
    invalidate(client, [lot('C')])
    expect(answers).toHaveLength(1)
    answers[0]!(1)
    await vi.waitFor(() => expect(answers).toHaveLength(2))
    expect(shown()).toBe(1)
    answers[1]!(2)
    await vi.waitFor(() => expect(shown()).toBe(2))
    expect(answers).toHaveLength(2)
    stop()
  })

  it.each([
    ['order', ['orders', 'list', 'open']],
    ['order', ['orders', 'search', '47']],
    ['order', ['orders', 'count', 'open']],
    ['lot', ['lots', 'list']],
    ['lot', ['lots', 'of', '4711']],
    ['lot', ['lots', 'packed']],
    ['station', ['stations', 'list']],
  ])('asks a question about many again when any %s changes: %s', async (kind, key) => {
    const client = new QueryClient()
    const list = asked(client, key)
    list.answers[0]!(1)
    await vi.waitFor(() => expect(list.shown()).toBe(1))
    invalidate(client, [{ kind, id: '4711' }])
    await vi.waitFor(() => expect(list.answers).toHaveLength(2))
    list.stop()
  })

  it('asks once for many changes of one batch, and leaves the one subject alone that did not change', async () => {
    const client = new QueryClient()
    const one = asked(client, ['lots', 'A'])
    const list = asked(client, ['lots'])
    one.answers[0]!(1)
    list.answers[0]!(1)
    await vi.waitFor(() => expect([one.shown(), list.shown()]).toEqual([1, 1]))
    invalidate(client, [lot('B'), lot('C'), lot('D')])
    expect([one.answers.length, list.answers.length]).toEqual([1, 2])
    one.stop()
    list.stop()
  })
})
