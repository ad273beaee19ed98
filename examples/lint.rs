fn main(){
    let mut files = hotline::flow::read::Files::new();
    fn walk(d:&std::path::Path, root:&std::path::Path, f:&mut hotline::flow::read::Files){ for e in std::fs::read_dir(d).unwrap(){let p=e.unwrap().path(); if p.is_dir(){walk(&p,root,f)} else { f.insert(p.strip_prefix(root).unwrap().display().to_string(), std::fs::read_to_string(&p).unwrap()); }}}
    let root=std::path::Path::new("flows"); walk(root,root,&mut files);
    let l=hotline::flow::read::load(&files);
    for p in &l.problems{println!("{p}");}
    for f in &l.flows{println!("{} {} steps {}", f.name, f.digest, f.blocks.iter().map(|b|b.steps.len()).sum::<usize>());
      for b in &f.blocks { for s in &b.steps { if s.needs>hotline::words::Level::L0 { println!("  {}/{} needs {}", b.name, s.name, s.needs);} } } }
}
