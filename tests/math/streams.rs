//! Streams of random numbers: published answers, pieces, moments.

use super::slices::CHOICE;
use gradus::array::math;
use gradus::array::random;

#[test]
fn philox_gives_the_published_answers() {
    let all = u32::MAX;
    assert_eq!(random::philox([0, 0], [0; 4]), [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
    assert_eq!(random::philox([all, all], [all; 4]), [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]);
    assert_eq!(
        random::philox([0xa4093822, 0x299f31d0], [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344]),
        [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1]
    );
}

#[test]
fn a_stream_does_not_depend_on_how_it_is_cut() {
    let _choice = CHOICE.lock();
    let n = 1000;
    let (mut whole, mut piece) = (vec![0.0; n], vec![0.0; n]);
    let (mut whole32, mut piece32) = (vec![0.0f32; n], vec![0.0f32; n]);
    for (wide, narrow) in [
        (random::fill_uniform_f64 as fn(u64, u64, &mut [f64]), random::fill_uniform_f32 as fn(u64, u64, &mut [f32])),
        (random::fill_normal_f64, random::fill_normal_f32),
    ] {
        wide(17, 0, &mut whole);
        narrow(17, 0, &mut whole32);
        let cuts = [0, 1, 2, 5, 38, 70, 137, 640, n];
        for c in cuts.windows(2) {
            wide(17, c[0] as u64, &mut piece[c[0]..c[1]]);
            narrow(17, c[0] as u64, &mut piece32[c[0]..c[1]]);
        }
        assert_eq!(whole, piece);
        assert_eq!(whole32, piece32);
        math::set_plain(true);
        wide(17, 0, &mut piece);
        narrow(17, 0, &mut piece32);
        math::set_plain(false);
        assert_eq!(whole, piece);
        assert_eq!(whole32, piece32);
    }
}

#[test]
fn uniform_and_normal_numbers_have_the_right_moments() {
    let n = 1_000_000;
    let mut x = vec![0.0; n];
    let moment = |x: &[f64], k: i32| x.iter().map(|v| v.powi(k)).sum::<f64>() / n as f64;
    random::fill_uniform_f64(3, 0, &mut x);
    assert!(x.iter().all(|v| (0.0..1.0).contains(v)));
    assert!((moment(&x, 1) - 0.5).abs() < 2e-3 && (moment(&x, 2) - 1.0 / 3.0).abs() < 2e-3);
    random::fill_normal_f64(3, 0, &mut x);
    assert!(moment(&x, 1).abs() < 5e-3 && (moment(&x, 2) - 1.0).abs() < 1e-2);
    assert!(moment(&x, 3).abs() < 2e-2 && (moment(&x, 4) - 3.0).abs() < 5e-2);
    let mut y = vec![0.0f32; n];
    random::fill_uniform_f32(3, 0, &mut y);
    assert!(y.iter().all(|v| (0.0..1.0).contains(v)));
    random::fill_normal_f32(3, 0, &mut y);
    let z: Vec<f64> = y.iter().map(|v| f64::from(*v)).collect();
    assert!(moment(&z, 1).abs() < 5e-3 && (moment(&z, 2) - 1.0).abs() < 1e-2 && (moment(&z, 4) - 3.0).abs() < 5e-2);
    // Neighbours are independent.
    let pairs = z.windows(2).map(|w| w[0] * w[1]).sum::<f64>() / n as f64;
    assert!(pairs.abs() < 5e-3);
}
