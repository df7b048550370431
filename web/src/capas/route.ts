import { createLazyRoute } from '@tanstack/react-router'
import { CapaPage } from './CapaPage'
import { CapasPage } from './CapasPage'

export const capas = createLazyRoute('/shell/capas')({ component: CapasPage })
export const capa = createLazyRoute('/shell/capas/$id')({ component: CapaPage })
