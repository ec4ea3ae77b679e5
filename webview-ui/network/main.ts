import './network.css';
import { NetworkGraph } from './network-graph';

// The page of a model loads this bundle when its network is opened for the first time.
customElements.define('network-graph', NetworkGraph);
