import { useQuery } from '@tanstack/react-query'
import { GenealogyGraph } from '../genealogy/GenealogyGraph'
import { Rows } from '../list/ListFrame'
import { ErrorAlert } from '../message/ErrorAlert'
import { holdGraphQuery } from './hold'
import classes from './holds.module.css'

/** How the contained lots hang together. Many of one kind are drawn as a group until it is opened. */
export function HoldGraph({ hold }: { hold: string }) {
  const query = useQuery(holdGraphQuery(hold))
  if (query.isPending) return <Rows count={6} />
  if (query.isError) return <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />
  return (
    <div className={classes.graph}>
      <GenealogyGraph graph={query.data} allHeld />
    </div>
  )
}
