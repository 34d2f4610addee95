export { signalrDataPlane } from './routes.ts';
