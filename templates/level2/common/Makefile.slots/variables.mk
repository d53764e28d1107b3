
CLEAN := data/clean/rows.parquet
