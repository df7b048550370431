import { MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import i18next from 'i18next'
import { useEffect, useState } from 'react'
import { cssVariables, theme } from '../design/theme'
import { Login } from '../session/Login'
import { ScanProvider } from '../scan/ScanProvider'
import { setServerTime } from '../time/now'
import { BoardPage } from './BoardPage'
import { BoardSource } from './source'

const client = new QueryClient({ defaultOptions: { queries: { networkMode: 'always', retry: false } } })

/** How the address wants it: a display has nobody who could choose. */
function wishes() {
  const search = new URLSearchParams(window.location.search)
  const colours = search.get('theme')
  const language = search.get('lang')
  return {
    colours: colours === 'dark' || colours === 'light' ? (colours as 'dark' | 'light') : undefined,
    language: language === 'de' || language === 'en' ? language : undefined,
  }
}

/**
 * The board stands outside of the gate: a registered terminal needs nobody signed in. Where neither a terminal nor a person is
 * known the sign-in is shown, and the board comes by itself after it.
 */
export function BoardApp({ line }: { line: string }) {
  const [{ colours, language }] = useState(wishes)
  const [source] = useState(() => new BoardSource(line, { onServerTime: setServerTime }))
  useEffect(() => {
    if (!language) return
    document.documentElement.lang = language
    void i18next.changeLanguage(language)
  }, [language])
  useEffect(() => {
    source.start()
    return () => source.stop()
  }, [source])
  return (
    <QueryClientProvider client={client}>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={cssVariables}
        defaultColorScheme="auto"
        forceColorScheme={colours}
      >
        <ScanProvider>
          <BoardPage line={line} source={source} signIn={<Login />} />
        </ScanProvider>
      </MantineProvider>
    </QueryClientProvider>
  )
}
