import './design/font.css'
import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import '@mantine/spotlight/styles.css'
import './design/tokens.css'
import './design/base.css'
import { lazy, StrictMode, Suspense } from 'react'
import { createRoot } from 'react-dom/client'
import { boardOf } from './board/board'

/** A board on a wall is a page of its own: it loads nothing of the screens that people sign in to. */
const line = boardOf()
const App = lazy(() => import('./app/App').then((m) => ({ default: m.App })))
const BoardApp = lazy(() => import('./board/BoardApp').then((m) => ({ default: m.BoardApp })))

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <Suspense>{line === undefined ? <App /> : <BoardApp line={line} />}</Suspense>
  </StrictMode>,
)
