//! Sorting in place without panics.

/// Heapsort: O(n log n) at worst, without a buffer. The standard sorts panic if the order is not total, so
/// they would link the code for panics.
pub(crate) fn heapsort<T: Copy>(items: &mut [T], less: &dyn Fn(&T, &T) -> bool) {
    for root in (0..items.len()).rev() {
        sift(items, root, less);
    }
    for end in (1..items.len()).rev() {
        swap(items, 0, end);
        sift(items.get_mut(..end).unwrap_or_default(), 0, less);
    }
}

/// Moves an item down the heap until no child is greater.
fn sift<T: Copy>(items: &mut [T], mut root: usize, less: &dyn Fn(&T, &T) -> bool) {
    loop {
        let left = root.saturating_mul(2).saturating_add(1);
        let Some([first, rest @ ..]) = items.get(left..) else { return };
        let right = rest.first().filter(|second| less(first, second));
        let (child, at) = right.map_or((first, left), |second| (second, left.saturating_add(1)));
        if items.get(root).is_none_or(|item| !less(item, child)) {
            return;
        }
        swap(items, root, at);
        root = at;
    }
}

fn swap<T: Copy>(items: &mut [T], a: usize, b: usize) {
    let (Some(&first), Some(&second)) = (items.get(a), items.get(b)) else { return };
    items.get_mut(a).into_iter().for_each(|item| *item = second);
    items.get_mut(b).into_iter().for_each(|item| *item = first);
}
