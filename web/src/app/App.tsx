import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { ProblemError } from '../api/problem'
import { OutboxProvider } from '../command/OutboxProvider'
import { cssVariables, theme } from '../design/theme'
import { LiveProvider } from '../live/LiveProvider'
import { ScanProvider } from '../scan/ScanProvider'
import { Gate } from '../session/Gate'
import { router } from './router'

const client = new QueryClient({
  defaultOptions: {
    queries: {
      // Changes arrive by events; without them a screen asks again when it is looked at.
      staleTime: 15_000,
      // The browser's own idea of being online is not asked: the plant's network is not the internet.
      networkMode: 'always',
      retry: (failures, error) => !(error instanceof ProblemError && error.problem.status < 500) && failures < 2,
    },
    mutations: { networkMode: 'always', retry: false },
  },
})

export function App() {
  return (
    <QueryClientProvider client={client}>
      <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
        <Notifications position="top-right" />
        <ScanProvider>
          <Gate>
            <LiveProvider>
              <OutboxProvider>
                <RouterProvider router={router} />
              </OutboxProvider>
            </LiveProvider>
          </Gate>
        </ScanProvider>
      </MantineProvider>
    </QueryClientProvider>
  )
}
