const ROOT = process.env.ROOT; const { MemoryLedger, MemoryLimits, Router, BlockingHealth, moveOnWhenUnprocessed, seededRandom } = await import(ROOT + "/packages/core/src/index.ts"); const { VirtualClock } = await import(ROOT + "/packages/simulator/src/virtual-clock.ts"); Error.stackTraceLimit = 0;
const mode = process.argv[2];
const clock = new VirtualClock();
const limits = new MemoryLimits();
const target = (i) => { const q=[{key:`${i}/t`,unit:"tokens",windowMs:60000}]; limits.set(`${i}/t`, mode==="plain"?1e12:2e6,"config"); return {id:`${i}`,accountId:String(i).padStart(12,"0"),region:"us-east-1",endpoint:"runtime",modelId:"m",destinationRegions:["us-east-1"],weight:1,isDrained:false,quotas:q}; };
const targets = Array.from({length:8},(_,i)=>target(i));
const router = new Router({ledger:new MemoryLedger({limits,clock}),limits,health:new BlockingHealth({clock}),policy:moveOnWhenUnprocessed,classify:()=>({kind:"ambiguous"}),clock,random:seededRandom(1),bounds:{maxInFlight:1e6,maxQueued:2e5,maxQueuedBytes:1e12},maxWaitMs: mode==="deep"?3.6e6:30000});
const rnd = seededRandom(2);
if (mode==="plain") {
  const cands = targets.map(t=>({target:t,cost:{requests:1,tokens:2000}}));
  for (let r=0;r<5;r++){ const s=performance.now(); for(let i=0;i<50000;i++) await router.run({pool:"chat",candidates:cands},async(_,a)=>{a.settle({requests:1,tokens:900})}); console.log("plain us/call",((performance.now()-s)*1e3/50000).toFixed(2)); }
} else if (mode==="over") {
  // 3x overload chat; 1.3k holds on 16M TPM => 267 calls/s x3
  const tenants = Number(process.argv[3]??1);
  let n=0, ok=0, tok=0; const T=180_000; const s=performance.now();
  const arrive=()=>{ n++; const t=500+Math.floor(rnd()*3000); const cands=targets.map(x=>({target:x,cost:{requests:1,tokens:t}})); router.run({pool:"chat",tenant:"t"+(n%tenants),candidates:cands},async(_,a)=>{await clock.sleep(2000); tok+=t*0.6; a.settle({requests:1,tokens:Math.round(t*0.6)}); ok++;}).catch(()=>{}); if(clock.monotonicMs()<T) clock.timer(-Math.log(1-rnd())*(1000/ (16e6/60/1200*3)),arrive); };
  arrive(); await clock.advance(T+60000);
  const ms=performance.now()-s; console.log({scans:globalThis.SC,steps:globalThis.ST,found:globalThis.FO,n,ok,goodput:tok/(16e6*3*1.0),usPerCall:ms*1e3/n, rss:process.memoryUsage().heapUsed/1e6});
} else {
  const N=100000; const s=performance.now(); let done=0;
  for(let i=0;i<N;i++){ const t=1000; const cands=targets.map(x=>({target:x,cost:{requests:1,tokens:t}})); router.run({pool:"chat",tenant:"t"+(i%Number(process.argv[3]??1)),candidates:cands},async(_,a)=>{a.settle({requests:1,tokens:600}); done++;}).catch(e=>{done++; if(done<3)console.log(e.message)}); }
  const q=performance.now(); console.log("enqueue us",((q-s)*1e3/N).toFixed(2), router.load, "heap MB", (process.memoryUsage().heapUsed/1e6).toFixed(0));
  await clock.advance(3.6e6); console.log("drain us",((performance.now()-q)*1e3/N).toFixed(2),done);
}
