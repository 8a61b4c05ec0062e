export { type BlockEvent, EVENTS_PER_BLOCK, groupForBlocks, packBlock, unpackBlock } from '../events/events.ts'
