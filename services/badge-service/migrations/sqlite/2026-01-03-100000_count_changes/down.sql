DROP TABLE change_counts;
