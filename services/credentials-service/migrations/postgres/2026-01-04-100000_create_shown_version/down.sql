DROP TABLE shown_version;
