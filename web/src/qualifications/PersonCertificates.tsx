import { useState } from 'react'
import { can, useMe } from '../session/session'
import { Certificates } from './Certificates'
import type { QualificationSearch } from './qualification'

/** One person's certificates with their history, for the page of a person. */
export function PersonCertificates({ account }: { account: string }) {
  const [search, setSearch] = useState<QualificationSearch>({ state: 'certificates', account, history: 'true' })
  if (!can(useMe(), 'qualification.read')) return null
  return <Certificates search={search} go={(change) => setSearch({ ...search, cursor: undefined, ...change })} />
}
