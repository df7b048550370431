import { createLazyRoute } from '@tanstack/react-router'
import { ShippingPage } from './ShippingPage'

export const shipping = createLazyRoute('/shell/shipping')({ component: ShippingPage })
