//! The admins' studio: what becomes of a draft, and what callers hear meanwhile. On both engines.

mod approvals;
mod back;
mod drafts;
mod files;
mod in_flight;
mod over;
mod replays;
pub mod stage;
pub mod trials;
mod versions;

use crate::support::database::Database;

macro_rules! on_both_engines {
    ($($room:ident: $($name:ident)*;)*) => {
        mod on_sqlite {
            $($(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$room::$name(super::Database::sqlite()).await;
            })*)*
        }
        mod on_postgresql {
            $($(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$room::$name(super::Database::postgres().await).await;
            })*)*
        }
    };
}

on_both_engines! {
    drafts:
        two_people_who_type_at_once_are_told
        a_draft_with_mistakes_is_saved_and_says_why_it_cannot_be_published
        a_story_that_goes_another_way_keeps_a_draft_back
        a_draft_can_be_called_before_anybody_else_hears_it
        names_and_sizes_that_no_file_has_are_refused
        a_large_draft_is_published_while_calls_go_on
        a_huge_and_hostile_draft_is_saved_and_told;
    versions:
        what_is_published_is_heard_by_new_calls_and_taken_back_and_no_call_changes
        a_shared_file_changes_every_flow_that_has_it
        a_touched_flow_goes_out_only_over_what_it_was_examined_over
        of_two_publishers_one_wins_and_the_other_goes_on_over_it
        a_version_goes_out_at_its_moment_unless_it_is_taken_back_or_too_late
        what_one_server_publishes_the_other_has_at_its_next_look;
    trials:
        a_share_of_the_calls_gets_the_new_version_and_every_server_agrees
        a_trial_is_given_to_everybody_or_stopped_and_running_calls_keep_theirs
        a_trial_that_goes_wrong_stops_by_itself
        a_trial_that_goes_well_goes_on;
    approvals:
        a_protected_change_waits_for_another_admin
        what_waits_is_ended_when_another_version_goes_out
        what_is_approved_goes_out_when_and_to_whom_it_was_meant_to
        what_was_in_service_just_before_is_taken_back_to_at_once_and_what_is_older_waits
        mending_words_asks_nobody;
    back:
        nobody_takes_back_what_they_did_not_see
        what_changed_together_goes_back_together_or_not_at_all
        what_is_scheduled_over_another_version_is_ended_when_one_goes_out
        stories_go_back_with_the_version_they_fit
        what_never_came_to_all_is_taken_into_the_draft_again
        a_draft_over_an_older_version_is_brought_over_what_is_live;
    over:
        what_both_changed_in_other_lines_is_in_the_draft_that_is_brought_over
        what_both_changed_in_the_same_line_is_told_and_stays_as_it_was_in_the_draft
        a_file_that_what_is_live_does_without_is_told_and_can_be_taken_out
        a_sub_flow_that_nothing_uses_any_more_is_taken_out_by_clearing_it
        stories_of_both_are_brought_together
        stories_follow_what_a_draft_changes
        stories_of_a_hotline_that_a_draft_touches_follow_and_go_out_with_it
        stories_that_changed_meanwhile_are_never_written_over_unseen;
    in_flight:
        no_call_changes_its_version_whatever_is_done_meanwhile;
    files:
        a_file_that_stays_leaves_what_the_studio_published
        a_file_that_changed_alone_goes_live
        when_both_changed_both_are_there
        what_was_written_back_is_known;
}
