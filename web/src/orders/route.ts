import { createLazyRoute } from '@tanstack/react-router'
import { OrdersPage } from './OrdersPage'

export const orders = createLazyRoute('/shell/orders')({ component: OrdersPage })
