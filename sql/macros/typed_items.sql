-- Concepts as read by item_shape() → the stored struct list, null entries left out.
-- `odd` is the text of a list that may hold a boolean where a number belongs; such a list is NULL as
-- a whole.
create or replace macro typed_items(items, odd) as case
    when odd is null or not has_untrue_number(odd) then list_transform(
        list_filter(items, lambda item: item is not null),
        lambda item, place: typed_item(item, place)
    )
end;
