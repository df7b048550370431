import { Button } from '@mantine/core'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { answer, api } from '../api/http'
import { useT } from '../i18n/i18n'
import { ErrorAlert } from '../message/ErrorAlert'

const waysQuery = queryOptions({
  queryKey: ['login', 'ways'],
  queryFn: () => answer(api.GET('/api/v1/login/ways')),
  staleTime: Infinity,
})

const reasons = ['provider_away', 'not_ours', 'refused_there', 'not_proven', 'no_account', 'no_role'] as const

/** The way to the identity provider, and why the last try did not lead in. */
export function ProviderLogin() {
  const t = useT()
  const ways = useQuery(waysQuery)
  const why = reasons.find((reason) => reason === new URLSearchParams(window.location.search).get('login'))
  if (!ways.data?.oidc) return null
  const here = window.location.pathname + (why ? '' : window.location.search)
  return (
    <>
      {why && (
        <ErrorAlert
          error={{
            status: 401,
            title: t(`people.oidc.${why}`),
            kept: t('people.oidc.kept'),
            action: t('people.oidc.do'),
          }}
        />
      )}
      <Button component="a" href={`/api/v1/login/oidc?next=${encodeURIComponent(here)}`}>
        {t('people.oidc.sign_in')}
      </Button>
    </>
  )
}
