//! Checks random stories of several worlds.

use super::*;

/// A step of a story, which happens to the world of this number.
#[derive(Clone, Debug)]
enum Step {
    Register(usize),
    Fault(usize),
    Forget(usize),
    Reset(usize),
    Remove(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let world = 0..4_usize;
    prop_oneof![
        4 => world.clone().prop_map(Step::Register),
        1 => world.clone().prop_map(Step::Fault),
        1 => world.clone().prop_map(Step::Forget),
        1 => world.clone().prop_map(Step::Reset),
        1 => world.prop_map(Step::Remove),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// Checks that what is done to one world changes no other.
    #[test]
    fn each_is_as_if_it_were_alone(steps in prop::collection::vec(step(), 1..24)) {
        const NAMES: [&str; 4] = ["", "a", "b", "c"];
        let sandbox = Sandbox::start_blocking().unwrap();
        let address = sandbox.addr();
        let before = customers(&sandbox);
        let prefix = |world: usize| match NAMES[world] {
            "" => String::new(),
            name => format!("/_worlds/{name}"),
        };
        // Of each: who is registered, which faults there are, how many exchanges are kept.
        let mut expected = [(0, 0, 0); 4];
        for step in steps {
            match step {
                Step::Register(world) => {
                    let (registered, faults, kept) = &mut expected[world];
                    *kept += 1;
                    let done = registers(address, &prefix(world));
                    prop_assert_eq!(done, *registered == 0 && *faults == 0);
                    *registered += usize::from(done);
                }
                Step::Fault(world) => {
                    let as_json = [("content-type", "application/json")];
                    let target = format!("{}/_sandbox/faults", prefix(world));
                    let ordered = post(address, &target, &as_json, r#"{"fault":"status","status":503}"#);
                    prop_assert_eq!(status(&ordered), 201, "{}", ordered);
                    expected[world].1 += 1;
                }
                Step::Forget(world) => {
                    let target = format!("{}/_sandbox/exchanges", prefix(world));
                    let forgotten = exchange(address, request("DELETE", &target, &[], "").as_bytes());
                    prop_assert_eq!(status(&forgotten), 200);
                    expected[world].2 = 0;
                }
                Step::Reset(world) => {
                    let target = format!("{}/_sandbox/reset", prefix(world));
                    prop_assert_eq!(status(&post(address, &target, &[], "")), 200);
                    expected[world] = (0, 0, 0);
                }
                Step::Remove(world) => {
                    let target = format!("/_sandbox/worlds/{}", NAMES[world]);
                    exchange(address, request("DELETE", &target, &[], "").as_bytes());
                    if world > 0 {
                        expected[world] = (0, 0, 0);
                    }
                }
            }
        }
        for (world, (registered, faults, kept)) in expected.into_iter().enumerate() {
            let beside = match NAMES[world] {
                "" => None,
                name => Some(sandbox.beside(name).unwrap()),
            };
            let told = beside.as_ref().unwrap_or(&sandbox);
            prop_assert_eq!(customers(told), before + registered, "{}", NAMES[world]);
            prop_assert_eq!(told.faults().list().len(), faults, "{}", NAMES[world]);
            // A removal that finds nobody is a call of the control API, which no journal has.
            prop_assert_eq!(told.exchanges().len(), kept, "{}", NAMES[world]);
        }
    }
}
